-- Purpose: one row of the download audit. It is committed before the answer is sent; without it there is no download.
-- Locks: the tenant's chain of downloads (link_audit), to the end of the transaction.
create or replace function record_download(
    tenant text, job uuid, who text, path text, result text, answered integer, address text, agent text,
    asked_range text, gateway_request_id text
) returns void language sql as $$
    insert into report_download_audit
        (tenant_id, job_id, subject, via, outcome, status, remote_addr, user_agent, range, request_id)
    values
        (tenant, job, who, path, result, answered, left(address, 64), left(agent, 512), left(asked_range, 256),
         left(gateway_request_id, 128))
$$;
