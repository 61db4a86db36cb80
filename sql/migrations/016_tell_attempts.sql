-- What the last attempt at a job died of, whatever has become of the job since: while it waits for the next attempt
-- this says why. Code and summary are fit for the job's owner; the SQLSTATE and the message are the database server's
-- own and for operators alone.
--
-- waits          how often in a row the source was out of reach when an attempt began; the pause grows by it
-- interruptions  how often an attempt was interrupted by what is not the job's doing
-- Neither counts as an attempt.
alter table report_export_jobs
    add column waits integer not null default 0,
    add column interruptions integer not null default 0,
    add column attempt_error_code text,
    add column attempt_error_summary text,
    add column attempt_sqlstate text,
    add column attempt_error_detail text,
    add constraint job_waits_not_negative check (waits >= 0 and interruptions >= 0),
    add constraint job_attempt_error_length check
        (length(attempt_error_summary) <= 1000 and length(attempt_sqlstate) <= 5 and length(attempt_error_detail) <= 4000),
    add constraint job_attempt_error_whole check ((attempt_error_code is null) = (attempt_error_summary is null));

-- What waits for the source is looked for when it answers again.
create index report_export_jobs_waiting on report_export_jobs (run_after) where state = 'pending' and waits > 0;

-- Their parameters change: the functions that come after the migrations stand beside these otherwise.
drop function if exists fail_job(uuid, uuid, text, text);
drop function if exists retry_job(uuid, uuid, interval, text, text);
