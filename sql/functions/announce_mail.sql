-- Purpose: say what a message is about to have of the file, in its row and in the audit, before anything leaves.
-- Parameters: content, 'link', 'file', or 'notice' for a message without either; link_end, when the link ends.
-- Locks: the message's row; the tenant's chain of downloads (link_audit), to the end of the transaction.
-- Index: report_mail_outbox_pkey.
create or replace function announce_mail(message uuid, content text, link_end timestamptz)
returns void language plpgsql as $$
declare
    mail record;
begin
    update report_mail_outbox o set content = announce_mail.content, link_ends_at = link_end where o.id = message
    returning o.tenant_id, o.job_id, o.recipient into mail;
    if found and content <> 'notice' then
        perform record_download(
            mail.tenant_id, mail.job_id, mail.recipient, 'mail',
            case content when 'file' then 'granted' else 'link_issued' end, 200, null, null, null, 'mail:' || message);
    end if;
end $$;
