-- Purpose: how many re-exports list_reexports finds without its page, at most at_most; all of them when that is null.
-- Indexes: report_export_jobs_reexports, report_export_jobs_reexports_of.
create or replace function count_reexports(
    tenant text, only_states text[], only_report uuid, at_most bigint default null)
returns bigint language sql stable as $$
    select count(*) from (
        select from report_export_jobs
        where tenant_id = tenant and reexport_of is not null
          and (only_states is null or state = any (only_states))
          and (only_report is null or reexport_of = only_report)
        limit at_most) counted
$$;
