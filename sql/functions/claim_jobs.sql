-- Purpose: take up to at_most due jobs for a dispatcher. Each is the oldest of the tenant that has the fewest running,
--          fewer than tenant_limit or than it is raised to, and of those that have as few the one that has waited
--          longest with so few. So one tenant's long queue delays the others by no more than the job that is running.
--          Jobs that a later program is required for are left (penstock.job_version). A re-export, and an export of a
--          schedule, whose requester may not export any more fails instead.
-- Returns: the jobs as claimed; none when nothing is due for a tenant that may run more.
-- Locks: the changes of the tenants whose jobs it takes, tried: dispatchers take jobs of different tenants at the same
--        time, and never one more of a tenant's than it may run. Only when all that is due belongs to tenants that
--        others are changing, and nothing is claimed yet, it waits for the first of them, so that no host rests while
--        somebody's job could run. The jobs' rows are taken FOR UPDATE SKIP LOCKED: one that is just being cancelled is
--        passed over. The lock of all claims is shared: the last release's claim_job takes it alone.
-- Indexes: report_export_tenants_turn, a probe for each number of running jobs; report_export_tenants_pkey;
--          report_export_jobs_tenant_claim from the tenant's head on; penstock_tenant_limits_pkey.
-- A claim counts as an attempt at once; the end of an attempt that says nothing of its job takes it back.
--
-- Turns come and go at the front of report_export_tenants_turn, and while a long snapshot is open every one that was
-- taken is still there. So a session remembers in settings of its own (penstock.turns_…) where each number running had
-- its first turn, and looks on from there. That is exact: a turn is as old as the clock of the change that makes it, or
-- goes on from one that was there (track_tenant). So when all transactions are over that were under way at some time, a
-- look sees every turn from before that time, and what it does not see is not older. A transaction that writes for
-- long, in whatever database, only has more dead turns passed. Once a minute everything is looked at, for the sake of a
-- clock that was set back.
create or replace function claim_jobs(worker bigint, tenant_limit integer, at_most integer)
returns setof report_export_jobs language plpgsql
-- As in track_tenant.
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
    known integer := coalesce(nullif(current_setting('penstock.job_version', true), ''), '1')::integer;
    wanted integer := at_most;
    due timestamptz;
    candidate record;
    -- The tenants of this round, those of the rounds before, and the first one that somebody else is changing.
    mine text[];
    tried text[] := '{}';
    busy text;
    has_locked boolean := false;
    claimed report_export_jobs;
    -- By the number running, from 0, the last for all above: where to look from; what this look finds, and how far it
    -- has come.
    turns_from timestamptz[] := coalesce(nullif(current_setting('penstock.turns_from', true), ''), '{}')::timestamptz[];
    turns_found timestamptz[];
    seen integer := 0;
    -- A time, the first transaction that had not begun then, when everything was looked at last, and for which limit.
    noted text[] := coalesce(
        nullif(current_setting('penstock.turns_noted', true), ''), '{-infinity,0,-infinity}')::text[];
    noted_at timestamptz := noted[1]::timestamptz;
    whole_at timestamptz := noted[3]::timestamptz;
begin
    perform pg_advisory_xact_lock_shared(lock_number('claims'), 1);
    if noted[4] is distinct from tenant_limit::text then
        turns_from := '{}';
    end if;
    -- Jobs that fail here are few; the bound keeps one call short.
    for round in 1..100 loop
        exit when wanted <= 0;
        due := clock_timestamp();
        if round = 1 and due not between noted_at and noted_at + interval '50 ms'
            and pg_snapshot_xmin(pg_current_snapshot()) >= noted[2]::xid8 then
            turns_found := '{}';
            noted_at := least(noted_at, due);
            if due not between whole_at and whole_at + interval '1 min' then
                turns_from := '{}';
                whole_at := due;
            end if;
            noted := array[
                due::text, pg_snapshot_xmax(pg_current_snapshot())::text, whole_at::text, tenant_limit::text];
        end if;
        mine := '{}';
        busy := null;
        for candidate in
            select turn.tenant_id, turn.turn_at, running.running from generate_series(0, tenant_limit - 1) as running
            cross join lateral (
                select t.tenant_id, t.turn_at from report_export_tenants t
                where t.pending > 0 and t.running = running.running and t.turn_at <= due
                  and t.turn_at >= coalesce(
                      turns_from[least(running.running + 1, cardinality(turns_from))], '-infinity')
                  and t.tenant_id <> all (tried)
                order by t.turn_at) turn
            union all
            -- Of those that may run more than others for a time.
            (select t.tenant_id, null, t.running from penstock_tenant_limits l
            cross join lateral (
                select n.* from report_export_tenants n where n.tenant_id = l.tenant_id
                order by n.version desc limit 1) t
            where l.until > due and t.running >= tenant_limit and t.running < l.running
              and t.pending > 0 and t.turn_at <= due and t.tenant_id <> all (tried)
            order by t.running, t.turn_at)
        loop
            if turns_found is not null and candidate.turn_at is not null then
                -- Numbers that were passed have no turn.
                while seen < candidate.running loop
                    turns_found := turns_found || noted_at;
                    seen := seen + 1;
                end loop;
                if seen = candidate.running then
                    turns_found := turns_found || least(candidate.turn_at, noted_at);
                    seen := seen + 1;
                end if;
            end if;
            if pg_try_advisory_xact_lock(lock_number('changes'), hashtext(candidate.tenant_id)) then
                mine := mine || candidate.tenant_id;
                exit when cardinality(mine) >= wanted;
            else
                busy := coalesce(busy, candidate.tenant_id);
            end if;
        end loop;
        if turns_found is not null then
            -- What was not come to is as it was; what was, and is not there, has no turn.
            while seen < tenant_limit loop
                turns_found := turns_found || case
                    when cardinality(mine) >= wanted
                        then coalesce(turns_from[least(seen + 1, cardinality(turns_from))], '-infinity')
                    else noted_at end;
                seen := seen + 1;
            end loop;
            while seen > 1 and turns_found[seen] = turns_found[seen - 1] loop
                seen := seen - 1;
            end loop;
            turns_found := turns_found[:seen];
            perform set_config('penstock.turns_from', turns_found::text, false),
                set_config('penstock.turns_noted', noted::text, false);
            turns_found := null;
        end if;
        if mine = '{}' then
            -- Whoever holds no tenant's changes waits for one and is waited for by nobody.
            exit when busy is null or has_locked;
            has_locked := true;
            perform pg_advisory_xact_lock(lock_number('changes'), hashtext(busy));
            continue;
        end if;
        has_locked := true;
        tried := tried || mine;
        for claimed in
            with room as materialized (
                select t.*, greatest(tenant_limit, l.running) as may_run from unnest(mine) as m (tenant_id)
                cross join lateral (
                    select n.tenant_id, n.pending, n.running, n.head_at, n.turn_at from report_export_tenants n
                    where n.tenant_id = m.tenant_id order by n.version desc limit 1) t
                left join penstock_tenant_limits l on l.tenant_id = m.tenant_id and l.until > due
                where t.pending > 0 and t.running < greatest(tenant_limit, l.running)
            ), head as materialized (
                select h.id, r.turn_at, r.running
                    + row_number() over (partition by r.tenant_id order by h.run_after, h.id) as place
                from room r
                cross join lateral (
                    select j.id, j.run_after from report_export_jobs j
                    where j.tenant_id = r.tenant_id and j.state = 'pending' and j.run_after between r.head_at and due
                      and j.requires <= known
                    order by j.run_after, j.id limit least(wanted, r.may_run - r.running) for update skip locked) h
            ), chosen as materialized (
                select id from head order by place, turn_at, id limit wanted
            )
            update report_export_jobs j
            set state = 'processing', epoch = j.epoch + 1, attempts = j.attempts + 1, claim_token = gen_random_uuid(),
                worker_id = worker, started_at = clock_timestamp(), progress_total = null, progress_done = 0
            from chosen where j.id = chosen.id
            returning j.*
        loop
            if num_nulls(claimed.reexport_of, claimed.schedule_id) = 2 or holds_right(
                    claimed.requested_with, claimed.requested_by, claimed.tenant_id, 'export:reports') then
                wanted := wanted - 1;
                return next claimed;
            else
                perform fail_job(
                    claimed.id, claimed.claim_token, 'rights_lost',
                    'The requester may not export for the tenant any more', null, null);
                tried := array_remove(tried, claimed.tenant_id);
            end if;
        end loop;
    end loop;
end $$;
