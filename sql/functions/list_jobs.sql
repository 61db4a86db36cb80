-- Purpose: a page of a tenant's jobs, newest first; a filter that is null is not applied (count_blocks).
-- Indexes: as page_jobs.
create or replace function list_jobs(
    tenant text, only_module text, only_catalog text, only_state text, page_limit integer, page_offset bigint,
    only_removed boolean default null)
returns setof report_export_jobs language sql stable as $$
    select * from page_jobs(
        tenant, only_module, only_catalog, case when only_state is not null then array[only_state] end, page_limit,
        page_offset, only_removed)
$$;
