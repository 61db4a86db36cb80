-- Purpose: the queue in figures, for monitoring: a row a figure, and for jobs that are not over one a state and
--          catalog.
-- Parameters: none.
-- Locks: none.
-- Indexes: report_export_jobs_tenant_claim, report_export_jobs_running, report_webhook_outbox_due,
--          report_mail_outbox_due. No history is read, and each job that is not over once.
create or replace function queue_figures()
returns table (figure text, state text, module text, catalog text, value double precision) language sql stable as $$
    with open as materialized (
        select 'pending' as state, j.module, j.catalog, count(*) as jobs,
            min(j.run_after) filter (where j.run_after <= statement_timestamp()) as since
        from report_export_jobs j where j.state = 'pending' group by j.module, j.catalog
        union all
        select 'processing', j.module, j.catalog, count(*), min(j.started_at)
        from report_export_jobs j where j.state = 'processing' group by j.module, j.catalog
    )
    select 'jobs', o.state, o.module, o.catalog, o.jobs from open o
    union all
    select 'oldest_due', null, null, null, coalesce(extract(epoch from clock_timestamp() - min(o.since)), 0)
    from open o where o.state = 'pending'
    union all
    select 'oldest_running', null, null, null, coalesce(extract(epoch from clock_timestamp() - min(o.since)), 0)
    from open o where o.state = 'processing'
    union all
    select 'dispatchers', null, null, null, count(*) from penstock_dispatchers d where d.alive_until > clock_timestamp()
    union all
    select 'webhooks', null, null, null, count(*) from report_webhook_outbox o where o.due_at is not null
    union all
    select 'mails', null, null, null, count(*) from report_mail_outbox o where o.due_at is not null
    union all
    select 'dead_tuples', null, null, null, coalesce(max(s.n_dead_tup), 0)
    from pg_stat_user_tables s where s.relid = 'report_export_jobs'::regclass
$$;
