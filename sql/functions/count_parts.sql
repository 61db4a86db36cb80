-- Purpose: note down how many rows each part of a running attempt has; that gives the job's total as well.
-- Parameters: counts, in the order of the parts.
-- Returns: whether the claim still holds.
-- Locks: the job's row, then the parts'.
-- Index: report_export_parts_number_key.
create or replace function count_parts(job uuid, token uuid, counts bigint[])
returns boolean language plpgsql as $$
declare
    current_epoch integer;
begin
    update report_export_jobs j set progress_total = (select sum(n)::bigint from unnest(counts) n)
    where j.id = job and j.claim_token = token
    returning j.epoch into current_epoch;
    if not found then
        return false;
    end if;
    update report_export_parts p set row_count = c.rows, first_row = c.first_row
    from (
        select rows, number, (sum(rows) over (order by number) - rows)::bigint as first_row
        from unnest(counts) with ordinality as u (rows, number)) c
    where p.job_id = job and p.epoch = current_epoch and p.number = c.number;
    return true;
end $$;
