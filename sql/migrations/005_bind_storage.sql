-- Which storage folder belongs to this database: the id in its file `instance`. At most one row. A sweep deletes files
-- that have no row here, and fails rows that have no file there; both only in the folder of this id.
create table penstock_storage (
    id        uuid        not null,
    bound_at  timestamptz not null default clock_timestamp(),
    only_row  boolean     not null default true constraint penstock_storage_pkey primary key,
    constraint storage_one_row check (only_row)
);

-- The claim takes the oldest due job of one tenant, and finds the next tenant without reading the jobs of the last:
-- a hundred thousand jobs of one tenant cost the others nothing.
create index report_export_jobs_tenant_claim on report_export_jobs (tenant_id, run_after, id) where state = 'pending';
create index report_export_jobs_tenant_running on report_export_jobs (tenant_id) where state = 'processing';
drop index report_export_jobs_claim;
