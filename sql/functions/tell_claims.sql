-- Purpose: tell listeners that jobs are processing, as notify_job does of every other state. A commit that notifies
--          holds one lock of the whole server until its log is on the disk; this one writes no log, so that it holds it
--          for no time. Should it be left out because a dispatcher dies, the job's next change tells of both.
-- Parameters: tokens, of the claims; one that is not held any more is not told.
-- Indexes: report_export_jobs_pkey.
create or replace function tell_claims(ids uuid[], tokens uuid[]) returns void language plpgsql as $$
begin
    perform pg_notify(
        'report_export_jobs',
        json_build_object('id', j.id, 'tenant_id', j.tenant_id, 'state', j.state, 'change', j.change_number)::text)
    from report_export_jobs j where j.id = any (ids) and j.claim_token = any (tokens);
end $$;
