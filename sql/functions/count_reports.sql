-- Purpose: how many reports list_reports finds without its page, at most at_most; all of them when that is null.
-- Index: report_export_jobs_ready.
create or replace function count_reports(
    tenant text, created_from timestamptz, created_before timestamptz, only_source text, only_interval text,
    at_most bigint default null)
returns bigint language sql stable as $$
    select count(*) from (
        select from report_export_jobs j
        where tenant_id = tenant and state = 'ready' and expires_at > clock_timestamp()
          and requested_at >= coalesce(created_from, '-infinity')
          and requested_at < coalesce(created_before, 'infinity')
          and (only_source is null or j.source = only_source)
          and (only_interval is null or j.interval = only_interval)
        limit at_most) counted
$$;
