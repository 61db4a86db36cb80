-- Purpose: what the clocks of a time zone show between two instants: the offset from UTC at the beginning, and each
--          later one with the second at which it begins.
-- Returns: at and utc_offset in seconds, in order. A zone that the server does not know is an error (22023).
-- It looks once a day and then narrows down to the second; a change that is taken back within the same day is passed
-- over, which no zone has ever had.
create or replace function zone_offsets(zone text, first bigint, last bigint)
returns table (at bigint, utc_offset bigint) language plpgsql stable as $$
declare
    earlier bigint := first;
    later bigint;
    middle bigint;
begin
    at := first;
    utc_offset := zone_offset_at(zone, first);
    return next;
    while earlier < last loop
        later := least(earlier + 86400, last);
        if zone_offset_at(zone, later) <> utc_offset then
            at := later;
            while at - earlier > 1 loop
                middle := (earlier + at) / 2;
                if zone_offset_at(zone, middle) = utc_offset then earlier := middle; else at := middle; end if;
            end loop;
            utc_offset := zone_offset_at(zone, at);
            return next;
            earlier := at;
        else
            earlier := later;
        end if;
    end loop;
end $$;
