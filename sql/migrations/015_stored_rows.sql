-- What a tenant's kept rows take is part of what its files may take together.
create index report_export_jobs_tenant_rows on report_export_jobs (tenant_id) include (rows_size)
    where rows_path is not null and rows_deleted_at is null;
