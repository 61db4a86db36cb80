-- Schedules that were removed within the last hour, and by which of the gateway's requests: when that request is sent
-- again, because its answer was lost, it gets the first answer.
create table report_removed_schedules (
    id         uuid        not null constraint report_removed_schedules_pkey primary key,
    tenant_id  text        not null,
    request_id text        not null,
    removed_at timestamptz not null default clock_timestamp(),
    constraint removed_schedule_lengths check (length(request_id) between 1 and 128)
);
drop function if exists remove_schedule(text, uuid);

-- It returns the secret before the present one too, as long as that signs as well.
drop function if exists show_webhooks(text);
