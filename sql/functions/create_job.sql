-- Purpose: queue one export, whole and once, however often the request arrives.
-- Parameters: stored_limit, in bytes, null for none; wants_notice, whether a webhook is to tell how the job ended;
--             job_source to job_due: where an automatic job comes from;
--             keys_…: the job's list of keys, null without one; keys_bytes, null too for a list that came earlier;
--             equal_hash, of what makes another request of the same requester equal, null where equal requests are jobs
--             of their own; equal_for, how long a finished job answers for an equal request;
--             report, the job that this one renders again, null for a report of its own; kept_path and kept_digest,
--             the kept rows to render, null to read the data again;
--             asked_with, how the requester has proved who he is; caller_access, what he may see, null where the
--             catalog is the same for everybody;
--             trace, where the request stands in its caller's trace, null without one.
-- Returns: one row. Outcome 'created' with the new job; 'replayed' with the earlier job when the same key (or nginx's
--          request id, or the due time of the same schedule) brought the same request; 'conflict' when the key brought
--          another request; 'equal' with the job of an equal request that is under way, or finished with its file still
--          to be had; 'queue_full' when the tenant has as many jobs open as queued_limit, or what it is
--          raised to, says; 'storage_full' when its files, kept rows and lists of keys take stored_limit bytes;
--          'report_gone' when the report is not the tenant's or its kept rows are not there any more.
-- Locks: one insert of a tenant at a time (advisory lock to the end of the transaction, two-key form of lock_number),
--        so that the limits hold to the last job and two equal requests at once make one job; the row's unique indexes.
-- Indexes: report_export_jobs_idempotency_key, report_export_jobs_request_id, report_export_jobs_schedule_due,
--          report_export_jobs_dedupe, report_export_tenants_pkey, penstock_tenant_limits_pkey,
--          report_export_jobs_ready, report_export_jobs_tenant_rows, report_export_jobs_filter.
create or replace function create_job(
    job_id uuid, tenant text, job_module text, job_catalog text, job_category text, job_format text,
    job_language text, subject text, job_request jsonb, hash bytea, key text, gateway_request_id text,
    queued_limit integer, attempts_limit integer, stored_limit bigint default null, wants_notice boolean default false,
    job_source text default 'manual', job_interval text default null, job_schedule uuid default null,
    job_due timestamptz default null,
    keys_name text default null, keys_count integer default null, keys_digest bytea default null,
    equal_hash bytea default null, equal_for interval default null,
    report uuid default null, report_params json default null, report_zone text default null,
    report_day date default null, kept_path text default null, kept_digest bytea default null,
    keys_bytes bigint default null, asked_with text default null, caller_access jsonb default null,
    trace text default null
) returns table (outcome text, job report_export_jobs) language plpgsql as $$
begin
    perform pg_advisory_xact_lock(lock_number('tenant'), hashtext(tenant));
    select j.* into job from report_export_jobs j where j.tenant_id = tenant and j.idempotency_key = key;
    if not found then
        select j.* into job from report_export_jobs j where j.tenant_id = tenant and j.request_id = gateway_request_id;
    end if;
    if found then
        outcome := case when job.request_hash = hash then 'replayed' else 'conflict' end;
        return next;
        return;
    end if;
    select j.* into job from report_export_jobs j where j.schedule_id = job_schedule and j.schedule_due_at = job_due;
    if found then
        outcome := 'replayed';
        return next;
        return;
    end if;
    select j.* into job from report_export_jobs j
        where j.tenant_id = tenant and j.requested_by = subject and j.dedupe_hash = equal_hash
          and (is_open(j.state)
               or (j.state = 'ready' and j.expires_at > clock_timestamp()
                   and j.requested_at > clock_timestamp() - equal_for))
        order by j.requested_at desc limit 1;
    if found then
        outcome := 'equal';
        return next;
        return;
    end if;
    if (select t.open from report_export_tenants t where t.tenant_id = tenant order by t.version desc limit 1)
        >= greatest(queued_limit, (
            select l.queued from penstock_tenant_limits l
            where l.tenant_id = tenant and l.until > clock_timestamp())) then
        outcome := 'queue_full';
        return next;
        return;
    end if;
    if stored_limit is not null and (
            select coalesce(sum(j.file_size_bytes), 0) from report_export_jobs j where j.tenant_id = tenant
                and (j.state = 'ready' or (j.state = 'expired' and j.file_deleted_at is null)))
        + (select coalesce(sum(j.rows_size), 0) from report_export_jobs j where j.tenant_id = tenant
            and j.rows_path is not null and j.rows_deleted_at is null)
        + (select coalesce(sum(j.filter_bytes), 0) from report_export_jobs j where j.tenant_id = tenant
            and j.filter_sha256 is not null and holds_filter(j.state))
        + coalesce(keys_bytes, 0) >= stored_limit then
        outcome := 'storage_full';
        return next;
        return;
    end if;
    if report is not null and (
            not exists (select from report_export_jobs j where j.id = report and j.tenant_id = tenant)
            or (kept_path is not null and not exists (
                select from report_export_jobs j
                where j.tenant_id = tenant and j.rows_path = kept_path and j.rows_deleted_at is null
                  and j.rows_expire_at > clock_timestamp()
                  and j.id = substring(kept_path from '([0-9a-f-]{36})\.[0-9]+(?:-[0-9a-f]+)?\.rows\.gz$')::uuid))) then
        outcome := 'report_gone';
        return next;
        return;
    end if;
    insert into report_export_jobs as j
        (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash,
         idempotency_key, request_id, max_attempts, notify, source, interval, schedule_id, schedule_due_at,
         filter_file, filter_keys, filter_sha256, filter_bytes, dedupe_hash,
         reexport_of, reexport_params, reexport_zone, reexport_day, reexport_rows_path, reexport_rows_sha256,
         requested_with, access, traceparent, requires)
    values
        (job_id, tenant, job_module, job_catalog, job_category, job_format, job_language, subject, job_request, hash,
         key, gateway_request_id, attempts_limit, wants_notice, job_source, job_interval, job_schedule, job_due,
         keys_name, keys_count, keys_digest, keys_bytes, equal_hash,
         report, report_params, report_zone, report_day, kept_path, kept_digest, asked_with, caller_access,
         trace,
         -- Version 2 knows labels in place of values, version 3 that callers see a catalog differently, version 4
         -- headings in place of labels, version 5 deliveries.
         case when job_request ? 'deliver' then 5 when job_request ? 'headings' then 4 when caller_access is not null then 3 when job_request ? 'values' then 2 else 1 end)
    returning j.* into job;
    outcome := 'created';
    return next;
end $$;
