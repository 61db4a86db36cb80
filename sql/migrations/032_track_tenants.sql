-- What a tenant has waiting and running, and whose turn it is: by it a claim finds its job, whatever the number of
-- tenants, of waiting jobs and of old ones. Counting in the job table took 110 ms with 5,000 tenants, and claims had to
-- come one after the other.
--
-- The trigger is the only writer. It runs in the transaction that changes the job, so that whoever changes a job, and
-- wherever he dies, the counters are right; a tenant's changes come one after the other (number_change).
--
-- A version is part of the key, and the newest is read first: while a long snapshot keeps dead versions, a look-up
-- meets none of them.
create table report_export_tenants (
    tenant_id text        not null,
    -- Raised by each change; one row of a tenant is alive.
    version   bigint      not null default 0,
    pending   integer     not null default 0,
    running   integer     not null default 0,
    -- run_after of its oldest pending job: none lies before it.
    head_at   timestamptz not null default 'infinity',
    -- Since when the tenant waits with as many running as it has. Of those with equally many the one that has waited
    -- longest is served. In the future while all of its jobs are delayed.
    turn_at   timestamptz not null default 'infinity',
    constraint report_export_tenants_pkey primary key (tenant_id, version),
    constraint tenant_counts_not_negative check (pending >= 0 and running >= 0),
    constraint tenant_turn_after_head check (turn_at >= head_at)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_cost_delay = 0);
create index report_export_tenants_turn on report_export_tenants (running, turn_at) where pending > 0;

-- Purpose: keep what a tenant has pending and running, the oldest of its pending jobs and its turn, in the transaction
--          that changes a job. A tenant that has more or fewer running than before goes to the end of those that have
--          as many.
-- Locks: the tenant's changes (number_change has them already when a state changes), so that nobody else changes the
--        row.
-- Indexes: report_export_tenants_pkey, the newest version first; report_export_jobs_tenant_claim from the head on.
-- One plan whatever the statistics say: one made for an empty queue, and kept by a session, would read a long one
-- whole. No plan of its own for each call, which takes as long as the rest, nor one compiled by JIT.
create function track_tenant() returns trigger language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
    was text := case when tg_op <> 'INSERT' then old.state end;
    becomes text := case when tg_op <> 'DELETE' then new.state end;
    tenant text := case when tg_op = 'DELETE' then old.tenant_id else new.tenant_id end;
    more_pending integer :=
        (becomes is not distinct from 'pending')::integer - (was is not distinct from 'pending')::integer;
    more_running integer :=
        (becomes is not distinct from 'processing')::integer - (was is not distinct from 'processing')::integer;
    now timestamptz;
    found_head timestamptz;
    t record;
begin
    if more_pending = 0 and more_running = 0
        and (becomes is distinct from 'pending' or old.run_after = new.run_after) then
        return null;
    end if;
    if tg_op = 'DELETE' or becomes = was then
        perform pg_advisory_xact_lock(lock_number('changes'), hashtext(tenant));
    end if;
    now := clock_timestamp();
    select x.ctid as place, x.* into t from report_export_tenants x
    where x.tenant_id = tenant order by x.version desc limit 1;
    if not found then
        insert into report_export_tenants (tenant_id, pending, running, head_at, turn_at)
        values (tenant, more_pending, more_running,
            case when more_pending = 1 then new.run_after else 'infinity' end,
            case when more_pending = 1 then greatest(new.run_after, now) else 'infinity' end);
        return null;
    end if;

    found_head := t.head_at;
    if was = 'pending' and old.run_after <= found_head then
        found_head := coalesce((
            select j.run_after from report_export_jobs j
            where j.tenant_id = tenant and j.state = 'pending' and j.run_after >= t.head_at
            order by j.run_after limit 1), 'infinity');
    end if;
    if becomes = 'pending' then
        found_head := least(found_head, new.run_after);
    end if;

    update report_export_tenants x
    set version = t.version + 1, pending = t.pending + more_pending, running = t.running + more_running,
        head_at = found_head,
        turn_at = case when found_head = 'infinity' then found_head
                       when more_running <> 0 or t.pending = 0 then greatest(found_head, now)
                       else greatest(found_head, least(t.turn_at, now)) end
    where x.ctid = t.place;
    return null;
end $$;

create trigger report_export_jobs_track after insert or update of state, run_after on report_export_jobs
    for each row execute function track_tenant();
create trigger report_export_jobs_track_removal after delete on report_export_jobs
    for each row when (old.completed_at is null) execute function track_tenant();

insert into report_export_tenants (tenant_id, pending, running, head_at, turn_at)
select tenant_id, pending, running, head, head
from (
    select tenant_id, count(*) filter (where state = 'pending') as pending,
        count(*) filter (where state = 'processing') as running,
        coalesce(min(run_after) filter (where state = 'pending'), 'infinity') as head
    from report_export_jobs where state in ('pending', 'processing') group by tenant_id) open;

-- How many run is in the tenant's row now.
drop index report_export_jobs_tenant_running;
