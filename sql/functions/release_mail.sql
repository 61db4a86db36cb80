-- Purpose: give a message back that was claimed and not tried, because the database went away while it was made: the
--          attempt is not counted, and it is due at once.
-- Parameter: attempt, the number that the claim gave.
-- Locks: the message's row.
-- Index: report_mail_outbox_pkey.
create or replace function release_mail(message uuid, attempt integer) returns void language sql as $$
    update report_mail_outbox set attempts = attempts - 1, due_at = clock_timestamp()
    where id = message and delivered_at is null and due_at is not null and attempts = attempt
$$;
