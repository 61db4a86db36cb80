-- Whether somebody wants to be told how a job ended, and when a webhook of theirs has taken the message (null until
-- then). Where an automatic job comes from: its schedule (which may be gone by now), and the due time it stands for.
alter table report_export_jobs
    add column notify          boolean not null default false,
    add column notified_at     timestamptz,
    add column schedule_id     uuid,
    add column schedule_due_at timestamptz,
    add column interval        text,
    add constraint job_notified_when_wanted check (notify or notified_at is null),
    add constraint job_interval_known check (interval in ('daily', 'weekly', 'monthly', 'yearly')),
    add constraint job_interval_when_auto check ((source = 'auto') = (interval is not null)),
    add constraint job_schedule_when_auto check
        (num_nulls(schedule_id, schedule_due_at) in (0, 2) and (schedule_id is null or source = 'auto'));

-- One job for each due time of a schedule, whoever fires it and however often.
create unique index report_export_jobs_schedule_due on report_export_jobs (schedule_id, schedule_due_at)
    where schedule_id is not null;
-- The bytes that a tenant's files take: those that can be had, and those that are still to be deleted.
create index report_export_jobs_tenant_stored on report_export_jobs (tenant_id) include (file_size_bytes)
    where state = 'ready' or (state = 'expired' and file_deleted_at is null);
