-- Purpose: give back what a dispatcher holds without knowing it: a claim was committed, and the connection broke before
--          the dispatcher learnt of it. It is alive, so nobody else would ever take the job back.
-- Parameters: known, the tokens of all claims that the dispatcher works on or has still to settle.
-- Returns: the ids. The attempts are not counted, since nothing was begun.
-- Locks: the rows, SKIP LOCKED: one that a cancellation holds is looked at again; then the changes of their
--        tenants.
-- Index: report_export_jobs_running.
create or replace function release_unknown_claims(worker bigint, known uuid[])
returns setof uuid language plpgsql as $$
declare
    unknown uuid[];
    tenants text[];
begin
    select array_agg(l.id), array_agg(l.tenant_id) into unknown, tenants from (
        select j.id, j.tenant_id from report_export_jobs j
        where j.state = 'processing' and j.worker_id = worker and j.claim_token <> all (known)
        for update skip locked) l;
    perform lock_changes(tenants);
    return query
        select j.id from report_export_jobs j, lateral release_job(j.id, j.claim_token) as released
        where j.id = any (unknown) and released;
end $$;
