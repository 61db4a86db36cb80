-- Purpose: how many bytes are stored, for monitoring: a row without a tenant for all of them, and one for each of the
--          at_most tenants that have most. Files, kept rows and lists of keys are counted as the limits count them.
-- Locks: none.
-- Indexes: report_export_jobs_ready, report_export_jobs_tenant_rows, report_export_jobs_filter, each without its table
--          where it is vacuumed. What it costs grows with the files that are stored, not with the history.
create or replace function stored_figures(at_most integer)
returns table (tenant_id text, bytes bigint) language sql stable as $$
    with piece as (
        select j.tenant_id, sum(j.file_size_bytes) as bytes from report_export_jobs j
        where j.state = 'ready' or (j.state = 'expired' and j.file_deleted_at is null) group by j.tenant_id
        union all
        select j.tenant_id, sum(j.rows_size) from report_export_jobs j
        where j.rows_path is not null and j.rows_deleted_at is null group by j.tenant_id
        union all
        select j.tenant_id, sum(j.filter_bytes) from report_export_jobs j
        where j.filter_sha256 is not null and holds_filter(j.state) group by j.tenant_id
    ), tenant as (
        select p.tenant_id, coalesce(sum(p.bytes), 0)::bigint as bytes from piece p group by p.tenant_id
    )
    (select null, coalesce(sum(t.bytes), 0)::bigint from tenant t)
    union all
    (select t.tenant_id, t.bytes from tenant t where t.bytes > 0 order by t.bytes desc, t.tenant_id limit at_most)
$$;
