-- Purpose: when the scheduler has something to do next.
-- Returns: in how many milliseconds a schedule is due; null when there is none, at most 0 when one is due already.
-- Index: report_export_schedules_fire.
create or replace function next_firing() returns bigint language sql volatile as $$
    select (extract(epoch from min(fire_at) - schedule_clock()) * 1000)::bigint from report_export_schedules
    where fire_at is not null
$$;
