-- Purpose: forget jobs that ended long ago, a page of them in the order of their ids, which begin with their time.
-- Parameters: age, how long ago they ended at least; after, the last of the page before.
-- Returns: the last id of the page, null when there is no more; how many went.
-- What belongs to a job goes with it: its parts, its lost file's receipt, its message that is over, its idempotency
-- key.
-- A job stays while its file or kept rows are on the disk, its lost file may come back, a message about it waits, or a
-- re-export of it is there. The audit stays, and numbers of changes are not used again.
-- Locks: the rows, those that others hold left out; the rows of their schedules; then the changes of their tenants.
-- Indexes: report_export_jobs_pkey, report_export_jobs_reexports_of, report_webhook_outbox_job_key,
--          report_lost_files_pkey.
create or replace function remove_history(age interval, after uuid, at_most integer)
returns table (last uuid, removed bigint) language plpgsql as $$
declare
    ended timestamptz := clock_timestamp() - age;
    -- The least id of that time (RFC 9562, version 7): 48 bits of milliseconds. A job is not over before it was made.
    bound uuid := rpad(lpad(to_hex(floor(extract(epoch from ended) * 1000)::bigint), 12, '0'), 32, '0')::uuid;
    page uuid[];
    gone uuid[];
begin
    page := array(
        select j.id from report_export_jobs j
        where j.id > coalesce(after, '00000000-0000-0000-0000-000000000000') and j.id < bound
        order by j.id limit at_most);
    last := page[cardinality(page)];
    gone := array(
        select j.id from report_export_jobs j
        where j.id = any (page) and j.state in ('expired', 'failed', 'cancelled') and j.completed_at < ended
          and (j.state <> 'expired' or j.file_deleted_at is not null)
          and (j.rows_path is null or j.rows_deleted_at is not null)
          and not exists (select from report_export_jobs r where r.reexport_of = j.id)
          and not exists (select from report_lost_files l where l.job_id = j.id and l.expires_at > clock_timestamp())
          and not exists (select from report_webhook_outbox o where o.job_id = j.id and o.due_at is not null)
          and not exists (select from report_mail_outbox o where o.job_id = j.id and o.due_at is not null)
        for update of j skip locked);
    delete from report_webhook_outbox o where o.job_id = any (gone);
    delete from report_mail_outbox o where o.job_id = any (gone);
    update report_export_schedules s set last_job_id = null where s.last_job_id = any (gone);
    -- After the schedules, as fire_schedule takes both.
    perform lock_changes(array(select j.tenant_id from report_export_jobs j where j.id = any (gone)));
    delete from report_export_jobs j where j.id = any (gone);
    removed := coalesce(cardinality(gone), 0);
    return next;
end $$;
