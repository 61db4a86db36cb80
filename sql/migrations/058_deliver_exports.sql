-- E-mail that is to be sent or was: one for each address to which a finished export is delivered, written with the
-- change of the job's state, so that what a server says of one address is no other's.
create table report_mail_outbox (
    id           uuid        not null default gen_random_uuid() constraint report_mail_outbox_pkey primary key,
    job_id       uuid        not null,
    tenant_id    text        not null,
    event        text        not null,
    recipient    text        not null,
    happened_at  timestamptz not null default clock_timestamp(),
    attempts     integer     not null default 0,
    -- When it is tried next; while an attempt is under way, when it is given up for lost. Null when it is over.
    due_at       timestamptz default clock_timestamp(),
    delivered_at timestamptz,
    -- Whether nothing is sent because the file has no rows.
    skipped      boolean     not null default false,
    -- What the last attempt had of the file, and when its link ends.
    content      text,
    link_ends_at timestamptz,
    last_status  integer,
    last_error   text,
    constraint report_mail_outbox_once unique (job_id, event, recipient),
    constraint mail_event_known check (event in ('ready', 'failed')),
    constraint mail_content_known check (content in ('link', 'file', 'notice')),
    constraint mail_over_when_delivered check (delivered_at is null or due_at is null),
    constraint mail_lengths check (length(recipient) between 3 and 254 and length(last_error) <= 500)
);
-- From tenant to tenant to what is due.
create index report_mail_outbox_due on report_mail_outbox (tenant_id, due_at) where due_at is not null;
create index report_mail_outbox_over on report_mail_outbox (happened_at) where due_at is null;
create index report_mail_outbox_happened on report_mail_outbox (happened_at desc, id);
