-- Purpose: write down that a tenant is to be told how a job ended, in the transaction in which it ends: when the state
--          is committed the message is, and the other way round. Without an endpoint there is nothing to tell.
-- Locks: none besides the insert's.
-- Indexes: penstock_webhooks_pkey, report_webhook_outbox_job_key.
create or replace function queue_webhook() returns trigger language plpgsql as $$
begin
    insert into report_webhook_outbox (job_id, tenant_id, event)
    select new.id, new.tenant_id, 'report.' || new.state from penstock_webhooks w
    where w.tenant_id = new.tenant_id and w.disabled_at is null
    on conflict do nothing;
    if found then perform pg_notify('penstock_webhooks', ''); end if;
    return null;
end $$;

-- A job ends when it gets its time of completion; a state that it takes after that (expired) is no end.
create or replace trigger report_export_jobs_webhook after update of state on report_export_jobs
    for each row when (new.notify and old.completed_at is null and new.completed_at is not null)
    execute function queue_webhook();
