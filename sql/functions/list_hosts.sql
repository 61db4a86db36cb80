-- Purpose: the hosts whose dispatchers live, or have lived within the last hour, with what each has running.
-- Returns: is_draining: whether the host is told to take no more jobs; is_drained: whether its dispatcher has heard of
--          it and has nothing running.
-- Sorted: by host, the youngest dispatcher of a host first.
-- Indexes: penstock_dispatchers_pkey, penstock_drains_pkey, report_export_jobs_running.
create or replace function list_hosts()
returns table (
    host text, version text, workers integer, running bigint, started_at timestamptz, renewed_at timestamptz,
    is_alive boolean, is_draining boolean, is_drained boolean
)
language sql stable as $$
    select d.host, d.version, d.workers, r.count, d.started_at, l.renewed_at, d.alive_until > clock_timestamp(),
        n.host is not null, coalesce(r.count = 0 and (l.renewed_at is null or l.renewed_at > n.since), false)
    from penstock_dispatchers d
    cross join lateral (
        select count(*) from report_export_jobs j where j.worker_id = d.worker_id and j.state = 'processing') r
    cross join lateral (
        select case when d.alive_until > '-infinity' then d.alive_until - lease_length() end as renewed_at) l
    left join penstock_drains n on n.host = d.host
    where d.alive_until > clock_timestamp() - interval '1 hour' or r.count > 0
    order by d.host, d.started_at desc
$$;
