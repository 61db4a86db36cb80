-- Purpose: give back what a dispatcher holds without knowing it: a claim was committed, and the connection broke before
--          the dispatcher learnt of it. It is alive, so nobody else would ever take the job back.
-- Parameters: known, the tokens of all claims that the dispatcher works on or has still to settle.
-- Returns: the ids. The attempts are not counted, since nothing was begun.
-- Locks: the rows.
-- Index: report_export_jobs_running.
create or replace function release_unknown_claims(worker bigint, known uuid[])
returns setof uuid language sql as $$
    select j.id from report_export_jobs j, lateral release_job(j.id, j.claim_token) as released
    where j.state = 'processing' and j.worker_id = worker and j.claim_token <> all (known) and released
$$;
