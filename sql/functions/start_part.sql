-- Purpose: pending → processing for a part of a running attempt. One that is made again stays what it is.
-- Returns: whether the claim still holds.
-- Locks: the job's row for share, then the part's.
-- Index: report_export_parts_number_key.
create or replace function start_part(job uuid, token uuid, part integer)
returns boolean language plpgsql as $$
declare
    current_epoch integer;
begin
    select j.epoch into current_epoch from report_export_jobs j
    where j.id = job and j.claim_token = token for share;
    if not found then
        return false;
    end if;
    update report_export_parts p set state = 'processing', started_at = clock_timestamp()
    where p.job_id = job and p.epoch = current_epoch and p.number = part and p.state = 'pending';
    return true;
end $$;
