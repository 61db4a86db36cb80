-- A storm of queue calls: any number of sessions run `call storm(…)` at once, each a dispatcher and a crowd of callers;
-- some are ended in the middle (Tests/JobsTests/StormTests.swift). What must hold stands in storm_look and
-- storm_verdict.
create table storm_claims (
    job_id uuid, epoch integer, token uuid unique, worker bigint,
    -- A job that is claimed twice by the same right breaks this.
    primary key (job_id, epoch));
create table storm_problems (what text);
create table storm_done (op text);

-- The tenants whose row says something else than their jobs do.
create function storm_drift() returns setof text language sql stable as $$
    select format('%s: %s, but %s', coalesce(t.tenant_id, j.tenant_id), t, j)
    from report_export_tenants t full join (
        select tenant_id, count(*) filter (where state = 'pending') as pending,
            count(*) filter (where state = 'processing') as running, count(*) filter (where is_open(state)) as open,
            coalesce(min(run_after) filter (where state = 'pending'), 'infinity') as head_at
        from report_export_jobs where completed_at is null group by tenant_id) j using (tenant_id)
    where (coalesce(t.pending, 0), coalesce(t.running, 0), coalesce(t.open, 0), coalesce(t.head_at, 'infinity'))
        is distinct from (coalesce(j.pending, 0), coalesce(j.running, 0), coalesce(j.open, 0),
            coalesce(j.head_at, 'infinity'))
        or (t.pending > 0 and t.turn_at = 'infinity')
    union all
    select format('block %s, but %s', b, really) from report_export_blocks b
        left join lateral (
            select n.first_at, n.first_serial from report_export_blocks n
            where n.tenant_id = b.tenant_id and (n.first_at, n.first_serial) > (b.first_at, b.first_serial)
            order by n.first_at, n.first_serial limit 1) next on true
        cross join lateral (
            select count(*) as jobs, count(*) filter (where state = 'pending') as pending,
                count(*) filter (where state = 'processing') as processing,
                count(*) filter (where state = 'ready') as ready, count(*) filter (where state = 'failed') as failed,
                count(*) filter (where state = 'cancelled') as cancelled,
                count(*) filter (where state = 'expired') as expired
            from report_export_jobs j
            where j.tenant_id = b.tenant_id and j.module = b.module and j.catalog = b.catalog
              and (j.requested_at, j.serial) >= (b.first_at, b.first_serial)
              and (j.requested_at, j.serial)
                < (coalesce(next.first_at, 'infinity'), coalesce(next.first_serial, 0))) really
    where (b.jobs, b.pending, b.processing, b.ready, b.failed, b.cancelled, b.expired)
        is distinct from (really.jobs, really.pending, really.processing, really.ready, really.failed,
            really.cancelled, really.expired)
    union all
    select format('%s jobs are in no block', j.n - coalesce(b.n, 0))
    from (select count(*) as n from report_export_jobs) j, (select sum(jobs) as n from report_export_blocks) b
    where j.n <> coalesce(b.n, 0)
    union all
    select format('of %s %s of %s %s are counted, but %s', c.field, c.value, c.tenant_id, c.jobs, j.jobs)
    from (select tenant_id, field, value, sum(jobs) as jobs from report_export_counts group by 1, 2, 3) c
    full join (
        select tenant_id, field, case field when 'format' then format else requested_by end as value, count(*) as jobs
        from report_export_jobs, unnest(array['format', 'requester']) field group by 1, 2, 3) j
        using (tenant_id, field, value)
    where c.jobs is distinct from j.jobs
    union all
    select format('%s has %s rows', tenant_id, count(*)) from report_export_tenants group by tenant_id having count(*) > 1
$$;

-- One tenant may run more than the others; of another this is over.
insert into penstock_tenant_limits (tenant_id, running, until, set_by)
values ('tenant-0', 5, clock_timestamp() + interval '1 day', 'storm'), ('tenant-1', 9, clock_timestamp(), 'storm');

-- One session. Every step is a transaction of its own; some are rolled back, some stay open for a while.
create procedure storm(seconds float, tenants integer, tenant_limit integer) language plpgsql as $$
declare
    ends timestamptz := clock_timestamp() + seconds * interval '1 s';
    worker bigint := (random() * 1e15)::bigint;
    held uuid[] := '{}';      -- the jobs that this worker holds
    tokens uuid[] := '{}';
    moved uuid[];
    dice integer;
    i integer;
    op text;
    raised boolean;
    job record;
    given text;
    where_raised text;
    steps integer := 0;
begin
    perform renew_lease(worker, 'host', null, null);
    commit;
    while clock_timestamp() < ends loop
        dice := floor(random() * 100);
        i := 1 + floor(random() * greatest(cardinality(held), 1));
        raised := false;
        op := case when dice < 28 then 'create' when dice < 42 then 'claim' when dice < 52 then 'claim several'
            when dice < 55 then 'claim as before' when dice < 66 then 'finish' when dice < 69 then 'fail'
            when dice < 74 then 'retry' when dice < 76 then 'wait' when dice < 78 then 'release' when dice < 84 then 'cancel'
            when dice < 85 then 'cancel slowly' when dice < 86 then 'move' when dice < 87 then 'hold' when dice < 88 then 'resume'
            when dice < 89 then 'stale' when dice < 91 then 'progress' when dice < 93 then 'expire' when dice < 94 then 'remove'
            when dice < 96 then 'recover' when dice < 97 then 'roll back' when dice < 98 then 'die'
            when dice < 99 then 'lose answer' else 'reconnect' end;
        begin
            case op
            when 'create' then
                perform create_job(
                    gen_random_uuid(), 'tenant-' || floor(random() * random() * tenants), 'm', 'c' || floor(random() * 2), 'c', 'csv', 'en', 'u', '{}',
                    sha256(''), null, gen_random_uuid()::text, 40, 4);
            when 'claim', 'claim several', 'claim as before', 'lose answer', 'roll back' then
                for job in
                    select c.* from claim_jobs(worker, tenant_limit, case op when 'claim' then 1 else 3 end) c
                    where op <> 'claim as before'
                    union all select c.* from claim_job(worker, tenant_limit) c where op = 'claim as before'
                loop
                    insert into storm_claims (job_id, epoch, token, worker) values (job.id, job.epoch, job.claim_token, worker);
                    continue when op in ('lose answer', 'roll back');
                    held := held || job.id;
                    tokens := tokens || job.claim_token;
                end loop;
            when 'finish' then
                perform finish_job(held[i], tokens[i], 'f', 'p', 10, 1, sha256(''), '{}', random() * interval '2 s');
            when 'fail' then perform fail_job(held[i], tokens[i], 'broken', 'by the test', null, null);
            when 'retry' then perform retry_job(held[i], tokens[i], random() * interval '0.5 s', 'c', 's', null, null);
            when 'wait' then perform wait_job(held[i], tokens[i], random() * interval '0.5 s', false, 'c', 's', null, null);
            when 'release' then perform release_job(held[i], tokens[i]);
            when 'cancel', 'cancel slowly' then
                select j.id, j.tenant_id into job from report_export_jobs j
                where is_open(j.state) order by case when random() < 0.5 then j.run_after end, random() limit 1;
                perform from cancel_job(job.tenant_id, job.id);
                if op = 'cancel slowly' then perform pg_sleep(0.1); end if;
            when 'move' then
                -- By hand, many at once, to and fro, some to the same time.
                given := 'tenant-' || floor(random() * random() * tenants);
                moved := array(
                    select j.id from report_export_jobs j where j.tenant_id = given and j.state = 'pending'
                    for update skip locked);
                perform lock_changes(array[given]);
                update report_export_jobs j
                set run_after = date_trunc('second', j.run_after + (random() - 0.5) * interval '1 s')
                where j.id = any (moved);
            when 'hold' then perform hold_jobs(interval '0.2 s', 'c', 's');
            when 'resume' then perform resume_jobs();
            when 'stale' then
                -- An earlier claim of a job that runs again.
                select c.job_id, c.token into job from storm_claims c join report_export_jobs j on j.id = c.job_id
                where j.state = 'processing' and c.epoch < j.epoch order by random() limit 1;
                if finish_job(job.job_id, job.token, 'f', 'p', 10, 1, sha256(''), '{}', '1 day') then
                    insert into storm_problems values ('a token that was lost finished a job');
                end if;
            when 'progress' then
                perform record_progress(
                    held, tokens, array_fill(1, array[cardinality(held)]), array_fill(2, array[cardinality(held)]));
            when 'expire' then perform expire_jobs();
            when 'remove' then
                delete from report_export_jobs j where j.id = (
                    select d.id from report_export_jobs d where d.completed_at is not null limit 1 for update skip locked);
            when 'recover' then perform recover_jobs();
            when 'die' then
                -- As when its process is killed and a neighbour sees it. Its tokens are good until recovery has run.
                perform end_lease(worker);
                held := '{}'; tokens := '{}';
                worker := (random() * 1e15)::bigint;
                perform renew_lease(worker, 'host', null, null);
            when 'reconnect' then perform release_unknown_claims(worker, tokens);
            end case;
        exception when others then
            raised := true;
            get stacked diagnostics where_raised = pg_exception_context;
            insert into storm_problems values (op || ': ' || sqlstate || ' ' || sqlerrm || ' ' || where_raised);
        end;
        if op = 'roll back' then rollback; else commit; end if;
        if op in ('finish', 'fail', 'retry', 'wait', 'release') and cardinality(held) > 0 and not raised then
            held := held[:i - 1] || held[i + 1:];
            tokens := tokens[:i - 1] || tokens[i + 1:];
        end if;
        insert into storm_done values (op);
        commit;
        steps := steps + 1;
        if steps % 20 = 0 then
            perform renew_lease(worker, 'host', null, null);
            commit;
        end if;
    end loop;
end $$;

-- What must hold at every moment, seen from outside in single statements.
create function storm_look(tenant_limit integer) returns setof text language sql stable as $$
    select * from storm_drift()
    union all
    select format('%s runs %s', tenant_id, count(*)) from report_export_jobs where state = 'processing'
    group by tenant_id having count(*) > case tenant_id when 'tenant-0' then 5 else tenant_limit end
$$;

-- When all sessions have ended: their leases end, and everything comes to its end.
create procedure storm_drain(tenant_limit integer) language plpgsql as $$
declare
    worker bigint := (random() * 1e15)::bigint;
    ends timestamptz := clock_timestamp() + interval '1 min';
    job record;
    n integer;
begin
    update penstock_dispatchers set alive_until = '-infinity';
    perform renew_lease(worker, 'host', null, null);
    perform from recover_jobs();
    commit;
    loop
        n := 0;
        for job in select * from claim_jobs(worker, tenant_limit, 50) loop
            insert into storm_claims (job_id, epoch, token, worker) values (job.id, job.epoch, job.claim_token, worker);
            if not finish_job(job.id, job.claim_token, 'f', 'p', 10, 1, sha256(''), '{}', '1 day') then
                insert into storm_problems values ('a claim that was just made did not hold');
            end if;
            n := n + 1;
        end loop;
        commit;
        exit when n = 0 and not exists (select from report_export_jobs where state = 'pending') or clock_timestamp() > ends;
    end loop;
end $$;

create function storm_verdict() returns setof text language sql stable as $$
    select what from storm_problems
    union all select * from storm_drift()
    union all select format('%s %s is left %s', tenant_id, id, state) from report_export_jobs where is_open(state)
    union all
    select format('job %s has epoch %s and was claimed %s times', j.id, j.epoch, coalesce(c.n, 0))
    from report_export_jobs j
        left join (select job_id, count(*) as n from storm_claims group by 1) c on c.job_id = j.id
    where j.epoch <> coalesce(c.n, 0)
$$;
