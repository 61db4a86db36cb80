-- A change of a job's state enters the job into fewer indexes, and costs the same while a snapshot of an hour is open,
-- which keeps every dead version of what it changed.

-- How many of a tenant's jobs are open is in its row, whatever states are: so no index counts them. With the table
-- locked until the end, nobody changes a job meanwhile.
drop index report_export_jobs_tenant_active;

-- One index for what is to be had, and for what takes room.
drop index report_export_jobs_tenant_stored;
drop index report_export_jobs_ready;
create index report_export_jobs_ready on report_export_jobs (tenant_id, requested_at desc, serial desc)
    include (state, expires_at, source, interval, file_size_bytes)
    where state = 'ready' or (state = 'expired' and file_deleted_at is null);

alter table report_export_tenants
    -- Jobs in any state that is_open.
    add column open integer not null default 0,
    -- Jobs that came since its newest block began; fewer where that was before this column.
    add column block_jobs integer not null default 0,
    add constraint tenant_open_not_negative check (open >= 0);
update report_export_tenants t
set open = (select count(*) from report_export_jobs j where j.tenant_id = t.tenant_id and is_open(j.state));
insert into report_export_tenants (tenant_id, open)
select j.tenant_id, count(*) from report_export_jobs j
where is_open(j.state) and not exists (select from report_export_tenants t where t.tenant_id = j.tenant_id)
group by j.tenant_id;

-- As in report_export_tenants: the newest version is read first, and dead ones are not met. It is raised when a row
-- moves to another page, so that changes within a page stay HOT.
alter table report_export_blocks
    add column version bigint not null default 0,
    drop constraint report_export_blocks_pkey,
    add constraint report_export_blocks_pkey
        primary key (tenant_id, first_at, first_serial, module, catalog, version);

-- As in migration 032, with the open jobs and those of the newest block.
create or replace function track_tenant() returns trigger language plpgsql
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
    more_open integer := coalesce(is_open(becomes), false)::integer - coalesce(is_open(was), false)::integer;
    now timestamptz;
    found_head timestamptz;
    block record;
    in_block integer;
    t record;
begin
    if tg_op <> 'INSERT' and more_pending = 0 and more_running = 0 and more_open = 0
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
        insert into report_export_tenants (tenant_id, pending, running, open, block_jobs, head_at, turn_at)
        values (tenant, more_pending, more_running, more_open, (tg_op = 'INSERT')::integer,
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
    in_block := t.block_jobs;
    if tg_op = 'INSERT' then
        select b.first_at, b.first_serial into block from report_export_blocks b
        where b.tenant_id = tenant order by b.first_at desc, b.first_serial desc limit 1;
        in_block := case when block.first_at = new.requested_at and block.first_serial = new.serial then 1
            else t.block_jobs + 1 end;
    end if;

    update report_export_tenants x
    set version = t.version + 1, pending = t.pending + more_pending, running = t.running + more_running,
        open = t.open + more_open, block_jobs = in_block, head_at = found_head,
        turn_at = case when found_head = 'infinity' then found_head
                       when more_running <> 0 or t.pending = 0 then greatest(found_head, now)
                       else greatest(found_head, least(t.turn_at, now)) end
    where x.ctid = t.place;
    return null;
end $$;

-- As in migration 033, without a look at all rows of a block.
create or replace function count_block() returns trigger language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
    was text := case when tg_op <> 'INSERT' then old.state end;
    becomes text := case when tg_op <> 'DELETE' then new.state end;
    job report_export_jobs;
    -- Where its block begins.
    start_at timestamptz := '-infinity';
    start_serial bigint := 0;
    block record;
    place tid;
    moved tid;
begin
    if was = becomes then
        return null;
    end if;
    if tg_op = 'DELETE' then
        job := old;
        perform pg_advisory_xact_lock(lock_number('changes'), hashtext(job.tenant_id));
    else
        job := new;
    end if;
    select b.first_at as at, b.first_serial as serial into block from report_export_blocks b
    where b.tenant_id = job.tenant_id and (b.first_at, b.first_serial) <= (job.requested_at, job.serial)
    order by b.first_at desc, b.first_serial desc limit 1;
    if found then
        start_at := block.at;
        start_serial := block.serial;
    end if;
    if tg_op = 'INSERT' and (
            select t.block_jobs from report_export_tenants t
            where t.tenant_id = job.tenant_id order by t.version desc limit 1) >= 4000
        and not exists (
            select from report_export_jobs j
            where j.tenant_id = job.tenant_id and (j.requested_at, j.serial) > (job.requested_at, job.serial)) then
        start_at := job.requested_at;
        start_serial := job.serial;
    end if;
    select b.ctid into place from report_export_blocks b
    where b.tenant_id = job.tenant_id and b.first_at = start_at and b.first_serial = start_serial
      and b.module = job.module and b.catalog = job.catalog
    order by b.version desc limit 1;
    if not found then
        insert into report_export_blocks as b (tenant_id, first_at, first_serial, module, catalog)
        values (job.tenant_id, start_at, start_serial, job.module, job.catalog)
        returning b.ctid into place;
    end if;
    update report_export_blocks b
    set pending = b.pending
            + (becomes is not distinct from 'pending')::integer - (was is not distinct from 'pending')::integer,
        processing = b.processing
            + (becomes is not distinct from 'processing')::integer - (was is not distinct from 'processing')::integer,
        ready = b.ready + (becomes is not distinct from 'ready')::integer - (was is not distinct from 'ready')::integer,
        failed = b.failed
            + (becomes is not distinct from 'failed')::integer - (was is not distinct from 'failed')::integer,
        cancelled = b.cancelled
            + (becomes is not distinct from 'cancelled')::integer - (was is not distinct from 'cancelled')::integer,
        expired = b.expired
            + (becomes is not distinct from 'expired')::integer - (was is not distinct from 'expired')::integer,
        other = b.other
            + coalesce(becomes not in ('pending', 'processing', 'ready', 'failed', 'cancelled', 'expired'), false)::integer
            - coalesce(was not in ('pending', 'processing', 'ready', 'failed', 'cancelled', 'expired'), false)::integer
    where b.ctid = place
    returning b.ctid into moved;
    -- The page of a tid is the first number of its text.
    if (moved::text::point)[0] <> (place::text::point)[0] then
        update report_export_blocks b set version = b.version + 1 where b.ctid = moved returning b.ctid into moved;
    end if;
    if tg_op = 'DELETE' then
        delete from report_export_blocks b where b.ctid = moved and b.jobs = 0;
    end if;
    return null;
end $$;

-- As in migration 021, without the index that is not there any more.
create or replace function apply_job_states() returns void language plpgsql as $$
declare
    known text; open text; file text; rows text; filter text;
begin
    -- As the right side of IN, in the order of the table above.
    select string_agg(quote_literal(state), ', ' order by place),
        string_agg(quote_literal(state), ', ' order by place) filter (where is_open),
        string_agg(quote_literal(state), ', ' order by place) filter (where holds_file),
        string_agg(quote_literal(state), ', ' order by place) filter (where may_hold_rows),
        string_agg(quote_literal(state), ', ' order by place) filter (where holds_filter)
    into known, open, file, rows, filter
    from job_states() with ordinality as s (state, is_open, holds_file, may_hold_rows, holds_filter, place);

    execute format($sql$
        alter table report_export_jobs
            drop constraint job_state_known,
            add constraint job_state_known check (state in (%1$s)),
            drop constraint job_completed_when_final,
            add constraint job_completed_when_final check ((state in (%2$s)) = (completed_at is null)),
            -- A job with a file has its whole receipt; a job that never became ready has none.
            drop constraint job_receipt_when_ready,
            add constraint job_receipt_when_ready check (
                case when state in (%3$s)
                    then num_nulls(file_name, stored_path, file_size_bytes, row_count, sha256, metadata, expires_at) = 0
                    else num_nonnulls(file_name, stored_path, file_size_bytes, row_count, sha256, metadata) = 0 end),
            drop constraint job_rows_when_made,
            add constraint job_rows_when_made check (rows_path is null or state in (%4$s));

        drop index report_export_jobs_rows_in_use;
        create index report_export_jobs_rows_in_use on report_export_jobs (reexport_rows_path)
            where reexport_rows_path is not null and state in (%2$s);
        drop index report_export_jobs_filter;
        create index report_export_jobs_filter on report_export_jobs (tenant_id, filter_sha256)
            where filter_sha256 is not null and state in (%5$s);

        create or replace function is_open(state text) returns boolean language sql immutable parallel safe
            return state in (%2$s);
        create or replace function holds_filter(state text) returns boolean language sql immutable parallel safe
            return state in (%5$s);
        $sql$, known, open, file, rows, filter);
end $$;
