-- Purpose: the newest download attempts, of all tenants or one, of all jobs or one, each with what nginx has sent for
--          it.
-- Indexes: report_download_audit_tenant, report_download_audit_job, report_download_audit_pkey, transfer_request_once.
create or replace function list_downloads(tenant text, job uuid, at_most integer)
returns table (
    at timestamptz, tenant_id text, job_id uuid, subject text, via text, outcome text, status integer, remote_addr text,
    user_agent text, range text, request_id text, sent_method text, sent_status integer, sent_bytes bigint, sent_ms bigint,
    sent_completed boolean
) language sql stable as $$
    select a.at, a.tenant_id, a.job_id, a.subject, a.via, a.outcome, a.status, a.remote_addr, a.user_agent, a.range,
        a.request_id, t.method, t.status, t.bytes_sent, t.duration_ms, t.completed
    from (
        select * from report_download_audit d
        where (tenant is null or d.tenant_id = tenant) and (job is null or d.job_id = job)
        order by d.id desc limit at_most
    ) a
    left join report_download_transfers t on t.request_id = a.request_id and a.outcome = 'granted'
    order by a.id desc
$$;
