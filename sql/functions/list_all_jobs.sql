-- Purpose: the newest jobs of all tenants, for operators; a filter that is null is not applied.
-- Index: report_export_jobs_pkey, backwards.
create or replace function list_all_jobs(only_module text, only_catalog text, only_state text, page_limit integer)
returns setof report_export_jobs language sql stable as $$
    select * from report_export_jobs
    where (only_module is null or module = only_module)
      and (only_catalog is null or catalog = only_catalog)
      and (only_state is null or state = only_state)
    order by id desc
    limit page_limit
$$;
