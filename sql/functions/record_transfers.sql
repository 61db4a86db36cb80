-- Purpose: what nginx has sent, a batch at a time.
-- Parameters: an array of objects with request_id, job, method, status, bytes, range, ms, completed, from.
-- Returns: how many were new; one that has come before changes nothing.
-- The tenant is that of the audit's row of the same request: the client that got the file has no say in it.
-- Locks: the chains of the tenants, in an order that every batch has.
-- Indexes: report_download_audit_request, transfer_request_once, transfer_link_once.
create or replace function record_transfers(transfers jsonb) returns bigint language plpgsql as $$
declare
    entry record;
    added bigint := 0;
    was_new bigint;
begin
    for entry in
        select t.*, a.tenant_id, coalesce(a.job_id, t.job) as known_job
        from jsonb_to_recordset(transfers) as t (
            request_id text, job uuid, method text, status integer, bytes bigint, range text, ms bigint, completed boolean, "from" text)
        left join lateral (
            select d.tenant_id, d.job_id from report_download_audit d
            where d.request_id = t.request_id and d.outcome = 'granted' order by d.id desc limit 1) a on true
        order by hashtext('transfers' || coalesce('/' || a.tenant_id, ''))
    loop
        insert into report_download_transfers
            (tenant_id, job_id, request_id, method, status, bytes_sent, range, duration_ms, completed, remote_addr)
        values
            (entry.tenant_id, entry.known_job, entry.request_id, entry.method, entry.status, entry.bytes, left(entry.range, 256),
             entry.ms, entry.completed, left(entry."from", 64))
        on conflict (request_id) do nothing;
        get diagnostics was_new = row_count;
        added := added + was_new;
    end loop;
    return added;
end $$;
