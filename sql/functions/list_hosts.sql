-- Purpose: the hosts whose dispatchers live, or have lived within the last hour, with what each has running.
-- Sorted: by host, the youngest dispatcher of a host first.
-- Indexes: penstock_dispatchers_pkey, report_export_jobs_running.
create or replace function list_hosts()
returns table (
    host text, version text, workers integer, running bigint, started_at timestamptz, renewed_at timestamptz,
    is_alive boolean
)
language sql stable as $$
    select d.host, d.version, d.workers,
        (select count(*) from report_export_jobs j where j.worker_id = d.worker_id and j.state = 'processing'),
        d.started_at, case when d.alive_until > '-infinity' then d.alive_until - lease_length() end,
        d.alive_until > clock_timestamp()
    from penstock_dispatchers d
    where d.alive_until > clock_timestamp() - interval '1 hour'
        or exists (select from report_export_jobs j where j.worker_id = d.worker_id and j.state = 'processing')
    order by d.host, d.started_at desc
$$;
