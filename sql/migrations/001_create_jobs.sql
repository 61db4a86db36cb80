-- The queue and the history of export jobs, in one table: a job is one row for its whole life.
--
-- States:  pending → processing → ready → expired
--          pending | processing → cancelled        processing → failed        processing → pending (runs again)
--
-- Bad states cannot be stored: what belongs to a state is required there and forbidden elsewhere by the named CHECKs.
-- fillfactor leaves room on each page, and no index holds a column that progress changes, so that a progress update is
-- HOT: no index is touched, and the dead version is pruned by the next reader.
create table report_export_jobs (
    id              uuid        not null constraint report_export_jobs_pkey primary key,
    -- The number by which surfaces 3 and 4 know the job.
    serial          bigint      not null generated always as identity constraint report_export_jobs_serial_key unique,
    tenant_id       text        not null,
    module          text        not null,
    catalog         text        not null,
    category        text        not null,
    format          text        not null,
    language        text        not null,
    source          text        not null default 'manual',
    requested_by    text        not null,
    -- The validated request in canonical form, and the SHA-256 of its text: what Idempotency-Key compares.
    request         jsonb       not null,
    request_hash    bytea       not null,
    idempotency_key text,
    -- nginx's $request_id: a request that nginx sends again after a responder died makes no second job.
    request_id      text,

    state           text        not null default 'pending',
    -- Raised by each claim; part of its files' names.
    epoch           integer     not null default 0,
    -- The fencing token of the running claim: every later write of that attempt must present it.
    claim_token     uuid,
    -- The dispatcher that holds the claim.
    worker_id       bigint,
    attempts        integer     not null default 0,
    max_attempts    integer     not null default 3,
    run_after       timestamptz not null default clock_timestamp(),

    progress_total  bigint,
    progress_done   bigint      not null default 0,

    file_name       text,
    stored_path     text,
    file_size_bytes bigint,
    row_count       bigint,
    sha256          bytea,
    metadata        json,
    error_code      text,
    error_summary   text,

    requested_at    timestamptz not null default clock_timestamp(),
    started_at      timestamptz,
    completed_at    timestamptz,
    expires_at      timestamptz,
    file_deleted_at timestamptz,

    constraint job_state_known check
        (state in ('pending', 'processing', 'ready', 'failed', 'cancelled', 'expired')),
    constraint job_format_known check (format in ('csv', 'xlsx')),
    constraint job_source_known check (source in ('manual', 'auto')),
    constraint job_tenant_length check (length(tenant_id) between 1 and 255),
    constraint job_names_length check
        (length(module) <= 100 and length(catalog) <= 100 and length(category) <= 100 and length(language) <= 35),
    constraint job_idempotency_key_length check (length(idempotency_key) between 1 and 255),
    constraint job_request_id_length check (length(request_id) between 1 and 128),
    constraint job_request_hash_length check (length(request_hash) = 32),
    constraint job_sha256_length check (length(sha256) = 32),
    constraint job_error_summary_length check (length(error_summary) <= 1000),
    -- A claim is held exactly while the job is processing.
    constraint job_claim_while_processing check
        ((state = 'processing') = (claim_token is not null) and (state = 'processing') = (worker_id is not null)),
    constraint job_started_when_processing check (state <> 'processing' or started_at is not null),
    constraint job_completed_when_final check
        ((state in ('ready', 'failed', 'cancelled', 'expired')) = (completed_at is not null)),
    -- A ready job has its whole receipt; a job that never became ready has none.
    constraint job_receipt_when_ready check
        (case when state in ('ready', 'expired')
              then num_nulls(file_name, stored_path, file_size_bytes, row_count, sha256, metadata, expires_at) = 0
              else num_nonnulls(file_name, stored_path, file_size_bytes, row_count, sha256, metadata) = 0 end),
    constraint job_error_when_failed check ((state = 'failed') = (error_code is not null)),
    constraint job_attempts_in_range check (attempts between 0 and max_attempts),
    constraint job_progress_not_negative check (progress_done >= 0 and progress_total >= 0)
) with (fillfactor = 70);

-- The claim reads the oldest due pending row; history is not in it.
create index report_export_jobs_claim on report_export_jobs (run_after, id) where state = 'pending';
-- What a dead dispatcher held, and how many jobs a tenant has running.
create index report_export_jobs_running on report_export_jobs (worker_id, tenant_id) where state = 'processing';
create index report_export_jobs_tenant_active on report_export_jobs (tenant_id) where state in ('pending', 'processing');
-- Lists: newest first. A version 7 id sorts by time, so the id alone is the order.
create index report_export_jobs_tenant on report_export_jobs (tenant_id, id desc);
create index report_export_jobs_expiry on report_export_jobs (expires_at) where state = 'ready';
create index report_export_jobs_undeleted on report_export_jobs (expires_at)
    where state = 'expired' and file_deleted_at is null;
create unique index report_export_jobs_idempotency_key on report_export_jobs (tenant_id, idempotency_key)
    where idempotency_key is not null;
create unique index report_export_jobs_request_id on report_export_jobs (tenant_id, request_id)
    where request_id is not null;

comment on table report_export_jobs is 'Penstock: one row per export job, its whole life';
