-- Purpose: what became of deliveries by e-mail, newest first.
-- Parameters: only_tenant, only_job, only_id, null for all; only_failed, those that have not arrived and had an
--             attempt.
-- Index: report_mail_outbox_happened, backwards; report_mail_outbox_once, report_mail_outbox_pkey.
create or replace function list_mails(only_tenant text, only_job uuid, only_failed boolean, only_id uuid, page integer)
returns table (
    id uuid, job_id uuid, tenant_id text, event text, recipient text, happened_at timestamptz, attempts integer,
    due_at timestamptz, delivered_at timestamptz, skipped boolean, content text, link_ends_at timestamptz,
    last_status integer, last_error text
) language sql stable as $$
    select o.id, o.job_id, o.tenant_id, o.event, o.recipient, o.happened_at, o.attempts, o.due_at, o.delivered_at,
        o.skipped, o.content, o.link_ends_at, o.last_status, o.last_error
    from report_mail_outbox o
    where (only_tenant is null or o.tenant_id = only_tenant)
      and (only_job is null or o.job_id = only_job)
      and (only_id is null or o.id = only_id)
      and (not only_failed
           or (o.delivered_at is null and not o.skipped and (o.attempts > 0 or o.due_at is null)))
    order by o.happened_at desc, o.id limit page
$$;
