-- Purpose: a page of a tenant's re-exports, newest first; a filter that is null is not applied.
-- Parameters: only_states, the states that the surface's one status stands for.
-- Indexes: report_export_jobs_reexports, report_export_jobs_reexports_of.
create or replace function list_reexports(
    tenant text, only_states text[], only_report uuid, page_limit integer, page_offset bigint)
returns setof report_export_jobs language sql stable as $$
    select j.* from (
        select id from report_export_jobs
        where tenant_id = tenant and reexport_of is not null
          and (only_states is null or state = any (only_states))
          and (only_report is null or reexport_of = only_report)
        order by id desc
        limit page_limit offset page_offset) page
    join report_export_jobs j on j.id = page.id
    order by j.id desc
$$;
