-- What the specs of this folder share, loaded once into a database with Penstock's tables: the sessions' memory, their
-- calls of the queue's functions, and a verdict on what became of it.

-- A change that took place, as its caller was told; the token of the claim that it ended, where the caller knows it.
create table told (number integer generated always as identity, step text not null, job uuid not null, token uuid);
-- The claims that a dispatcher has been given, in their order.
create table held (number integer generated always as identity, worker bigint, job uuid, token uuid);

create function job(number integer) returns uuid language sql immutable as $$
    select lpad(number::text, 32, '0')::uuid
$$;

-- So many jobs of one tenant are due, and dispatchers 1 and 2 are alive and have been so for long.
create function begin_again(jobs integer) returns void language sql as $$
    delete from report_export_jobs;
    delete from told;
    delete from held;
    delete from penstock_dispatchers;
    delete from penstock_reach;
    insert into penstock_dispatchers (worker_id, host, alive_until)
    select worker, 'host', clock_timestamp() + lease_length() from generate_series(1, 2) worker;
    insert into penstock_reach (started_at, since, renewed_at)
    values (pg_postmaster_start_time(), clock_timestamp() - interval '1 hour', clock_timestamp());
    insert into report_export_jobs
        (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash, run_after)
    select job(number), 'acme', 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256(''),
        clock_timestamp() - interval '1 hour' + number * interval '1 s'
    from generate_series(1, jobs) number;
$$;

-- A dispatcher's lease is over, though it may be alive.
create function lapse(worker bigint) returns void language sql as $$
    update penstock_dispatchers set alive_until = clock_timestamp() - interval '1 ms' where worker_id = $1
$$;

create function renew(worker bigint) returns void language sql as $$ select renew_lease($1, 'host', null, null) $$;

create function claim(worker bigint, tenant_limit integer default 9) returns boolean language sql as $$
    with claimed as materialized (select id, claim_token from claim_job($1, $2)),
    kept as (insert into held (worker, job, token) select $1, id, claim_token from claimed)
    insert into told (step, job) select 'claim', id from claimed returning true
$$;

-- The end of an attempt, told by the dispatcher of the claim that it was given first, or as the nth.
create function settle(step text, worker bigint, nth integer default 1) returns boolean language sql as $$
    with own as materialized (select job, token from held where held.worker = $2 order by number limit 1 offset $3 - 1),
    settled as materialized (
        select job, token, case step
            when 'finish' then finish_job(job, token, 'n', 'files/' || token, 1, 1, sha256(''), '{}', interval '1 day')
            when 'retry' then retry_job(job, token, interval '0', 'c', 's', null, null) is not null
            when 'release' then release_job(job, token)
            end as changed
        from own)
    insert into told (step, job, token) select $1, job, token from settled where changed returning true
$$;

create function recover() returns boolean language sql as $$
    insert into told (step, job, token) select 'recover', id, lost_token from recover_jobs() returning true
$$;

-- A dispatcher that has a new connection and knows of no claim.
create function forget(worker bigint) returns boolean language sql as $$
    insert into told (step, job) select 'release', id from release_unknown_claims($1, '{}') id returning true
$$;

create function cancel(number integer) returns boolean language sql as $$
    insert into told (step, job) select 'cancel', id from cancel_job('acme', job($1)) returning true
$$;

create function remove(number integer) returns boolean language sql as $$
    insert into told (step, job) select 'remove', id from remove_job('acme', job($1)) returning true
$$;

-- The rules that are broken, or 'holds'.
create function verdict(tenant_limit integer default 9) returns text language sql as $$
    with counted as (
        select j.*, t.*, (
            select count(*) from held h
            where h.job = j.id and h.token = j.claim_token and h.worker = j.worker_id) as holders
        from report_export_jobs j, lateral (
            select count(*) filter (where step = 'claim') as claims, count(*) filter (where step = 'finish') as finishes,
                count(*) filter (where step = 'retry') as retries, count(*) filter (where step = 'release') as releases,
                count(*) filter (where step = 'recover') as recoveries, count(*) filter (where step = 'cancel') as cancels,
                count(*) filter (where step = 'remove') as removes
            from told where told.job = j.id) t
    ), broken as (
        select rule from counted, lateral (values
            ('a job that is processing has one holder', holders = (state = 'processing')::integer),
            ('a job is ready by one finish', finishes = (state in ('ready', 'expired'))::integer),
            ('its file is that of the claim that finished it', finishes = 0 or stored_path = 'files/' || (
                select token from held where held.job = counted.id
                order by number limit 1 offset claims - 1)),
            ('a job is removed when its removal was told, and has ended then', (removed_at is not null) = (removes > 0)
                and (removed_at is null or state in ('expired', 'cancelled'))),
            ('a job is cancelled by one cancel', cancels = (state = 'cancelled')::integer),
            ('as many claims are made as are ended or held, and only a cancel ends one besides', claims - finishes
                - retries - releases - recoveries - (state = 'processing')::integer between 0 and cancels),
            ('its epoch counts the claims', epoch = claims),
            ('an attempt that was lost or given back is not counted', attempts = claims - releases - recoveries),
            ('no job fails by this', state in ('pending', 'processing', 'ready', 'expired', 'cancelled'))
        ) as rules (rule, is_kept) where is_kept is not true
        union
        select 'no claim ends twice' from told where token is not null group by token having count(*) > 1
        union
        select 'no tenant has more running than it may' from report_export_jobs where state = 'processing'
        group by tenant_id having count(*) > $1
    )
    select coalesce(string_agg(rule, '; '), 'holds') from broken
$$;
