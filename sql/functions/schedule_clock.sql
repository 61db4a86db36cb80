-- Purpose: the one clock of all schedules, whichever host fires them: what is due is decided by the database's time.
--          Nothing else of schedules reads a clock, so a test that replaces this function passes time as it likes.
create or replace function schedule_clock() returns timestamptz language sql volatile as $$
    select clock_timestamp()
$$;
