-- Purpose: write down that a finished export is delivered by e-mail, or that it has failed, in the transaction in
--          which it ends: a message for each address. One that nobody wants empty is written down as skipped.
-- Locks: none besides the insert's.
-- Index: report_mail_outbox_once.
create or replace function queue_mail() returns trigger language plpgsql as $$
declare
    email jsonb := new.request -> 'deliver' -> 'email';
    is_skipped boolean := new.state = 'ready' and new.row_count = 0 and coalesce((email ->> 'skipEmpty')::boolean, false);
begin
    insert into report_mail_outbox (job_id, tenant_id, event, recipient, due_at, skipped)
    select new.id, new.tenant_id, new.state, address, case when not is_skipped then clock_timestamp() end, is_skipped
    from jsonb_array_elements_text(email -> 'to') address
    on conflict do nothing;
    if found and not is_skipped then perform pg_notify('penstock_webhooks', ''); end if;
    return null;
end $$;

-- A job ends when it gets its time of completion; what becomes of its file after that is no end.
create or replace trigger report_export_jobs_mail after update of state on report_export_jobs
    for each row when (
        new.request ? 'deliver' and old.completed_at is null and new.completed_at is not null
        and new.state in ('ready', 'failed'))
    execute function queue_mail();
