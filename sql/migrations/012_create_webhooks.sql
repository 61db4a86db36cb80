-- Where a tenant wants to be told of its exports, and the secret that its messages are signed with. The secret stands
-- here as it is: a signature needs it.
create table penstock_webhooks (
    tenant_id       text        not null constraint penstock_webhooks_pkey primary key,
    url             text        not null,
    secret          text        not null,
    -- Signs beside the new one for a day after a change.
    previous_secret text,
    changed_at      timestamptz not null default clock_timestamp(),
    -- Since when nothing is sent any more, because the endpoint said so (410).
    disabled_at     timestamptz,
    constraint webhook_lengths check
        (length(tenant_id) between 1 and 255 and length(url) between 1 and 2048 and length(secret) <= 128
         and length(previous_secret) <= 128)
);

-- Messages that are to be delivered or were: one for each job that wanted it, written with the change of the job's
-- state.
create table report_webhook_outbox (
    id           uuid        not null default gen_random_uuid() constraint report_webhook_outbox_pkey primary key,
    job_id       uuid        not null constraint report_webhook_outbox_job_key unique,
    tenant_id    text        not null,
    event        text        not null,
    happened_at  timestamptz not null default clock_timestamp(),
    -- The body, made before the first attempt: every attempt sends the same.
    payload      text,
    attempts     integer     not null default 0,
    -- When it is tried next; while an attempt is under way, when it is given up for lost. Null when it is over.
    due_at       timestamptz default clock_timestamp(),
    delivered_at timestamptz,
    last_status  integer,
    last_error   text,
    constraint outbox_event_known check (event in ('report.ready', 'report.failed', 'report.cancelled')),
    constraint outbox_over_when_delivered check (delivered_at is null or due_at is null),
    constraint outbox_error_length check (length(last_error) <= 500)
);
-- From tenant to tenant to what is due.
create index report_webhook_outbox_due on report_webhook_outbox (tenant_id, due_at) where due_at is not null;
create index report_webhook_outbox_over on report_webhook_outbox (happened_at) where due_at is null;
