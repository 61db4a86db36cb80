-- Purpose: take one schedule that is due, for as long as the transaction lasts; what comes of it is stored by fire_schedule or
--          pass_schedule in the same transaction.
-- Returns: the schedule and now, the time by which it was found due; no row when none is due or others have them all.
-- Locks: the row FOR UPDATE SKIP LOCKED: any number of services fire different ones.
-- Index: report_export_schedules_fire.
drop function if exists due_schedule();
create function due_schedule() returns table (schedule report_export_schedules, now timestamptz) language plpgsql as $$
begin
    now := schedule_clock();
    select s.* into schedule from report_export_schedules s
        where s.fire_at <= now order by s.fire_at limit 1 for update skip locked;
    if found then return next; end if;
end $$;

-- next_firing: in how many milliseconds one is due; null when none is, at most 0 when one is already.
create or replace function next_firing() returns bigint language sql volatile as $$
    select (extract(epoch from min(fire_at) - schedule_clock()) * 1000)::bigint from report_export_schedules
    where fire_at is not null
$$;
