-- Purpose: queue one export, once, however often the request arrives.
-- Parameters: stored_limit, in bytes, null for none; wants_notice, whether a webhook is to tell how the job ended; from
--             job_source on: where an automatic job comes from.
-- Returns: outcome 'created'; 'replayed' with the earlier job when the same key (or nginx's request id, or the due time
--          of the same schedule) brought the same request; 'conflict' when the key brought another request;
--          'queue_full' when the tenant has queued_limit jobs pending or processing; 'storage_full' when its files and
--          kept rows take stored_limit bytes.
-- Locks: one insert of a tenant at a time (advisory lock to the end of the transaction, two-key form as in claim_job),
--        so that the limits hold to the last job; the row's unique indexes.
-- Indexes: report_export_jobs_idempotency_key, report_export_jobs_request_id, report_export_jobs_schedule_due,
--          report_export_jobs_tenant_active, report_export_jobs_tenant_stored, report_export_jobs_tenant_rows.
create or replace function create_job(
    job_id uuid, tenant text, job_module text, job_catalog text, job_category text, job_format text,
    job_language text, subject text, job_request jsonb, hash bytea, key text, gateway_request_id text,
    queued_limit integer, attempts_limit integer, stored_limit bigint default null, wants_notice boolean default false,
    job_source text default 'manual', job_interval text default null, job_schedule uuid default null,
    job_due timestamptz default null
) returns table (id uuid, outcome text) language plpgsql as $$
declare
    existing record;
begin
    perform pg_advisory_xact_lock(lock_number('tenant'), hashtext(tenant));
    select j.id, j.request_hash into existing from report_export_jobs j
        where j.tenant_id = tenant and j.idempotency_key = key;
    if not found then
        select j.id, j.request_hash into existing from report_export_jobs j
            where j.tenant_id = tenant and j.request_id = gateway_request_id;
    end if;
    if not found then
        select j.id, hash as request_hash into existing from report_export_jobs j
            where j.schedule_id = job_schedule and j.schedule_due_at = job_due;
    end if;
    if found then
        return query select existing.id, case when existing.request_hash = hash then 'replayed' else 'conflict' end;
        return;
    end if;
    if (select count(*) from report_export_jobs j
            where j.tenant_id = tenant and is_open(j.state)) >= queued_limit then
        return query select job_id, 'queue_full'::text;
        return;
    end if;
    if stored_limit is not null and (
            select coalesce(sum(j.file_size_bytes), 0) from report_export_jobs j where j.tenant_id = tenant
                and (j.state = 'ready' or (j.state = 'expired' and j.file_deleted_at is null)))
        + (select coalesce(sum(j.rows_size), 0) from report_export_jobs j where j.tenant_id = tenant
            and j.rows_path is not null and j.rows_deleted_at is null) >= stored_limit then
        return query select job_id, 'storage_full'::text;
        return;
    end if;
    insert into report_export_jobs
        (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash,
         idempotency_key, request_id, max_attempts, notify, source, interval, schedule_id, schedule_due_at)
    values
        (job_id, tenant, job_module, job_catalog, job_category, job_format, job_language, subject, job_request, hash,
         key, gateway_request_id, attempts_limit, wants_notice, job_source, job_interval, job_schedule, job_due);
    return query select job_id, 'created'::text;
end $$;
