-- Purpose: tell listeners of a job's new state: dispatchers (pending, cancelled), event streams, an application's feed.
--          Of a claim tell_claims tells, after it: the claims of all hosts would wait for each other's commits.
-- Payload: {"id","tenant_id","state","change"} on channel report_export_jobs; ids only, far below the limit of 8,000
--          bytes.
-- Locks: a commit that notifies takes a global lock in PostgreSQL, so progress never does: the trigger fires on
--        changes of state and removals alone.
create or replace function notify_job() returns trigger language plpgsql as $$
begin
    perform pg_notify(
        'report_export_jobs',
        json_build_object(
            'id', new.id, 'tenant_id', new.tenant_id, 'state', new.state, 'change', new.change_number)::text);
    return null;
end $$;

create or replace trigger report_export_jobs_notify_insert after insert on report_export_jobs
    for each row execute function notify_job();
create or replace trigger report_export_jobs_notify_state after update of state, removed_at on report_export_jobs
    for each row when (
        (old.state is distinct from new.state or old.removed_at is distinct from new.removed_at) and new.state <> 'processing')
    execute function notify_job();
