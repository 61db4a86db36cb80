-- Purpose: store the body of a message before its first attempt, so that all attempts send the same.
-- Returns: the stored body, which is another than the given one when there was one already.
-- Locks: the message's row.
-- Index: report_webhook_outbox_pkey.
create or replace function keep_payload(message uuid, body text) returns text language sql as $$
    update report_webhook_outbox set payload = coalesce(payload, body) where id = message returning payload
$$;
