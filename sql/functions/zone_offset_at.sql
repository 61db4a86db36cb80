-- Purpose: the offset from UTC of a time zone's clocks at an instant (Unix time), in seconds.
-- A zone that the server does not know is an error (22023).
create or replace function zone_offset_at(zone text, instant bigint) returns bigint language sql stable as $$
    select extract(epoch from (to_timestamp(instant) at time zone zone) - (to_timestamp(instant) at time zone 'UTC'))::bigint
$$;
