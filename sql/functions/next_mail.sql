-- Purpose: when the sender of e-mail has something to do next.
-- Returns: in how many milliseconds a message is due; null when none waits, at most 0 when one is due already.
-- Index: report_mail_outbox_due.
create or replace function next_mail() returns bigint language sql volatile as $$
    select (extract(epoch from min(o.due_at) - clock_timestamp()) * 1000)::bigint
    from report_mail_outbox o where o.due_at is not null
$$;
