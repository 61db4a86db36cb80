-- Purpose: the job that a new request on the Recent API would only repeat: of the same requester and hash, still under
--          way; or finished, with its file still to be had, and requested no longer ago than window_length.
-- Returns: at most one row; none for a repetition of the very same HTTP request, which is create_job's to recognise.
-- Locks: create_job's advisory lock of the tenant, to the end of the transaction: of two equal requests at once the
--        second looks when the first has inserted its job and committed.
-- Indexes: report_export_jobs_dedupe, report_export_jobs_idempotency_key, report_export_jobs_request_id.
create or replace function find_identical_job(
    tenant text, subject text, hash bytea, window_length interval, key text, gateway_request_id text)
returns setof report_export_jobs language plpgsql as $$
begin
    perform pg_advisory_xact_lock(lock_number('tenant'), hashtext(tenant));
    if exists (select from report_export_jobs j where j.tenant_id = tenant and j.idempotency_key = key)
        or exists (select from report_export_jobs j where j.tenant_id = tenant and j.request_id = gateway_request_id)
    then
        return;
    end if;
    return query
        select * from report_export_jobs j
        where j.tenant_id = tenant and j.requested_by = subject and j.dedupe_hash = hash
          and (is_open(j.state)
               or (j.state = 'ready' and j.expires_at > clock_timestamp()
                   and j.requested_at > clock_timestamp() - window_length))
        order by j.requested_at desc limit 1;
end $$;
