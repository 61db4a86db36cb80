-- Purpose: take one schedule that is due, for as long as the transaction lasts; what comes of it is stored by
--          fire_schedule or pass_schedule in the same transaction.
-- Returns: the schedule and now, the time by which it was found due; no row when none is due or others have them all.
-- Locks: the row FOR UPDATE SKIP LOCKED: any number of services fire different ones.
-- Index: report_export_schedules_fire.
create or replace function due_schedule()
returns table (schedule report_export_schedules, now timestamptz) language plpgsql as $$
begin
    now := schedule_clock();
    select s.* into schedule from report_export_schedules s
        where s.fire_at <= now order by s.fire_at limit 1 for update skip locked;
    if found then return next; end if;
end $$;
