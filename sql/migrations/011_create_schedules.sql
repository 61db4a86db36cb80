-- Exports that come back by themselves. A schedule is due at next_due_at, and a job is made of it then; fire_at is when
-- it is looked at: the same, or later when the tenant's limits did not let the job in. Both are null while it is
-- disabled.
create table report_export_schedules (
    id            uuid        not null constraint report_export_schedules_pkey primary key,
    tenant_id     text        not null,
    name          text        not null,
    notify        boolean     not null,
    module        text        not null,
    catalog       text        not null,
    -- The validated request in canonical form, its date range said relative to the due day (period). Text, not jsonb:
    -- its members keep their order.
    request       json        not null,
    language      text        not null,

    interval      text        not null,
    -- Minutes after midnight on the clocks of time_zone.
    minute        integer     not null,
    weekday       integer,
    month         integer,
    month_day     integer,
    time_zone     text        not null,

    created_by    text        not null,
    -- nginx's $request_id: a request that nginx sends again makes no second schedule.
    request_id    text,
    created_at    timestamptz not null default clock_timestamp(),
    updated_at    timestamptz not null default clock_timestamp(),

    next_due_at   timestamptz,
    fire_at       timestamptz,
    last_due_at   timestamptz,
    last_job_id   uuid,
    error_code    text,
    error_message text,
    error_at      timestamptz,

    constraint schedule_lengths check
        (length(name) between 1 and 255 and length(tenant_id) between 1 and 255 and length(language) <= 35
         and length(time_zone) <= 64 and length(error_message) <= 1000 and length(request_id) between 1 and 128),
    constraint schedule_interval_known check (interval in ('daily', 'weekly', 'monthly', 'yearly')),
    constraint schedule_minute_in_range check (minute between 0 and 1439),
    constraint schedule_weekday_when_weekly check
        ((interval = 'weekly') = (weekday is not null) and weekday between 1 and 7),
    constraint schedule_day_when_monthly check
        ((interval in ('monthly', 'yearly')) = (month_day is not null) and month_day between 1 and 31),
    constraint schedule_month_when_yearly check
        ((interval = 'yearly') = (month is not null) and month between 1 and 12),
    constraint schedule_fires_when_due check
        ((next_due_at is null) = (fire_at is null) and fire_at >= next_due_at),
    constraint schedule_error_whole check (num_nulls(error_code, error_message, error_at) in (0, 3))
);
create index report_export_schedules_tenant on report_export_schedules (tenant_id, id desc);
create index report_export_schedules_fire on report_export_schedules (fire_at) where fire_at is not null;
create unique index report_export_schedules_request_id on report_export_schedules (tenant_id, request_id)
    where request_id is not null;
