-- Purpose: store the progress of all of a dispatcher's running jobs in one statement.
-- Parameters: arrays of equal length, one element a job; a total that is not known yet is -1.
-- Returns: the jobs whose claims still hold.
-- Locks: the rows, for the length of one HOT update each. No NOTIFY: state is not in the SET list.
-- Index: report_export_jobs_pkey.
create or replace function record_progress(ids uuid[], tokens uuid[], done bigint[], totals bigint[])
returns setof uuid language sql as $$
    update report_export_jobs j
    set progress_done = p.done, progress_total = nullif(p.total, -1)
    from unnest(ids, tokens, done, totals) as p (id, token, done, total)
    where j.id = p.id and j.claim_token = p.token
    returning j.id
$$;
