-- How often a job's dispatcher was lost under it: its process or its host died, or was cut off. Not counted as attempts,
-- but not without end either (recover_jobs).
alter table report_export_jobs
    add column losses integer not null default 0,
    add constraint job_losses_not_negative check (losses >= 0);

-- It returns the token of the lost claim as well, by which the attempt's files are named.
drop function if exists recover_jobs();
