-- Purpose: the next files to be read and compared with their receipts, in the order of their jobs; after the last one
--          the pass is over, and another begins when pause has gone by. One housekeeper is at it at a time.
-- Parameters: by, the housekeeper, which must come again within lease; done, the last job whose file it has read, null
--             for none; at_most, 0 while it has files to read.
-- Locks: the one row.
-- Indexes: penstock_scrub_pkey, report_export_jobs_pkey.
create or replace function take_scrub(by uuid, lease interval, done uuid, at_most integer, pause interval)
returns table (id uuid, stored_path text, file_size_bytes bigint, sha256 text) language plpgsql as $$
declare
    scrub penstock_scrub;
begin
    insert into penstock_scrub default values on conflict do nothing;
    update penstock_scrub s
    set holder = by, held_until = clock_timestamp() + lease,
        position = case when s.holder = by then coalesce(done, s.position) else s.position end
    where s.holder is not distinct from by or s.held_until < clock_timestamp()
    returning s.* into scrub;
    if not found or at_most = 0 or (scrub.position is null and scrub.ended_at > clock_timestamp() - pause) then
        return;
    end if;
    return query
        select j.id, j.stored_path, j.file_size_bytes, encode(j.sha256, 'hex') from report_export_jobs j
        where j.state = 'ready' and j.id > coalesce(scrub.position, '00000000-0000-0000-0000-000000000000')
        order by j.id limit at_most;
    if not found then
        update penstock_scrub set position = null, ended_at = clock_timestamp();
    end if;
end $$;
