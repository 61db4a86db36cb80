-- Purpose: queue one export, once, however often the request arrives.
-- Returns: outcome 'created'; 'replayed' with the earlier job when the same key (or nginx's request id) brought the
--          same request; 'conflict' when the key brought another request; 'queue_full' when the tenant has
--          queued_limit jobs pending or processing.
-- Locks: the row's unique indexes; a second insert with the same key waits for the first to commit, then replays.
-- Indexes: report_export_jobs_idempotency_key, report_export_jobs_request_id, report_export_jobs_tenant_active.
create or replace function create_job(
    job_id uuid, tenant text, job_module text, job_catalog text, job_category text, job_format text,
    job_language text, subject text, job_request jsonb, hash bytea, key text, gateway_request_id text,
    queued_limit integer, attempts_limit integer
) returns table (id uuid, outcome text) language plpgsql as $$
declare
    existing record;
begin
    select j.id, j.request_hash into existing from report_export_jobs j
        where j.tenant_id = tenant and j.idempotency_key = key;
    if not found then
        select j.id, j.request_hash into existing from report_export_jobs j
            where j.tenant_id = tenant and j.request_id = gateway_request_id;
    end if;
    if found then
        return query select existing.id, case when existing.request_hash = hash then 'replayed' else 'conflict' end;
        return;
    end if;
    if (select count(*) from report_export_jobs j
            where j.tenant_id = tenant and j.state in ('pending', 'processing')) >= queued_limit then
        return query select job_id, 'queue_full'::text;
        return;
    end if;
    insert into report_export_jobs
        (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash,
         idempotency_key, request_id, max_attempts)
    values
        (job_id, tenant, job_module, job_catalog, job_category, job_format, job_language, subject, job_request, hash,
         key, gateway_request_id, attempts_limit)
    on conflict do nothing;
    if found then
        return query select job_id, 'created'::text;
        return;
    end if;
    -- Another session inserted the same key between the look and the insert, and has committed by now.
    return query
        select j.id, case when j.request_hash = hash then 'replayed' else 'conflict' end
        from report_export_jobs j
        where j.tenant_id = tenant and (j.idempotency_key = key or j.request_id = gateway_request_id)
        order by j.idempotency_key = key desc nulls last limit 1;
end $$;
