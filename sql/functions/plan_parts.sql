-- Purpose: note down into which parts a running attempt cuts its job; those of earlier attempts go.
-- Parameters: bounds, the first key of each part but the first, in the file's order.
-- Returns: whether the claim still holds. Repeating it changes nothing.
-- Locks: the job's row.
-- Index: report_export_parts_number_key.
create or replace function plan_parts(job uuid, token uuid, bounds text[])
returns boolean language plpgsql as $$
declare
    current_epoch integer;
begin
    update report_export_jobs j set parts_total = cardinality(bounds) + 1
    where j.id = job and j.claim_token = token
    returning j.epoch into current_epoch;
    if not found then
        return false;
    end if;
    delete from report_export_parts p where p.job_id = job and p.epoch < current_epoch;
    insert into report_export_parts (job_id, epoch, number, first_key, end_key)
    select job, current_epoch, n, bounds[n - 1], bounds[n]
    from generate_series(1, cardinality(bounds) + 1) n
    on conflict on constraint report_export_parts_number_key do nothing;
    return true;
end $$;
