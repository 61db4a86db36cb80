-- Purpose: a part of a running attempt is whole: → ready, and one more of its job's parts_ready.
-- Parameters: path, size, digest: its own file, which can be downloaded while the job runs; null where it has none.
-- Returns: whether the claim still holds. Repeating it changes nothing.
-- Locks: the job's row, then the part's.
-- Index: report_export_parts_number_key.
create or replace function finish_part(
    job uuid, token uuid, part integer, rows bigint, path text, size bigint, digest bytea
) returns boolean language plpgsql as $$
declare
    current_epoch integer;
begin
    select j.epoch into current_epoch from report_export_jobs j
    where j.id = job and j.claim_token = token for no key update;
    if not found then
        return false;
    end if;
    update report_export_parts p
    set state = 'ready', row_count = rows, stored_path = path, file_size_bytes = size, sha256 = digest,
        started_at = coalesce(p.started_at, p.created_at), completed_at = clock_timestamp()
    where p.job_id = job and p.epoch = current_epoch and p.number = part and p.state <> 'ready';
    if found then
        update report_export_jobs set parts_ready = parts_ready + 1 where id = job;
    end if;
    return true;
end $$;
