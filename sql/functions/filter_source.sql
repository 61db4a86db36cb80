-- Purpose: the newest job of a tenant whose list of keys has this digest and is still kept.
-- Index: report_export_jobs_filter.
create or replace function filter_source(tenant text, digest bytea)
returns setof report_export_jobs language sql stable as $$
    select * from report_export_jobs
    where tenant_id = tenant and filter_sha256 = digest and holds_filter(state)
    order by id desc limit 1
$$;
