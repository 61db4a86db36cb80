-- Purpose: a page of a tenant's audit, newest first, each row with what nginx has sent for it; a filter that is null is
--          not applied.
-- Parameters: who, whose subject is exactly that; result, of the outcome, likewise; since and until, until excluded.
-- Indexes: report_download_audit_tenant, or report_download_audit_job, backwards until the page is full;
--          transfer_request_once.
create or replace function find_downloads(
    tenant text, job uuid, who text, result text, since timestamptz, until timestamptz, page_limit integer,
    page_offset bigint
) returns table (
    at timestamptz, tenant_id text, job_id uuid, subject text, via text, outcome text, status integer, remote_addr text,
    user_agent text, range text, request_id text, sent_method text, sent_status integer, sent_bytes bigint, sent_ms bigint,
    sent_completed boolean
) language sql stable as $$
    select a.at, a.tenant_id, a.job_id, a.subject, a.via, a.outcome, a.status, a.remote_addr, a.user_agent, a.range,
        a.request_id, t.method, t.status, t.bytes_sent, t.duration_ms, t.completed
    from (
        select * from report_download_audit d
        where d.tenant_id = tenant and (job is null or d.job_id = job) and (who is null or d.subject = who)
          and (result is null or d.outcome = result) and (since is null or d.at >= since)
          and (until is null or d.at < until)
        order by d.id desc limit page_limit offset page_offset
    ) a
    left join report_download_transfers t on t.request_id = a.request_id and a.outcome = 'granted'
    order by a.id desc
$$;
