-- Purpose: whether parts of an instant, in UTC, each lie between two numbers; see list_records.
create or replace function created_within(at timestamptz, fields text[], lows bigint[], highs bigint[])
returns boolean language sql stable as $$
    select not exists (
        select from unnest(fields, lows, highs) as f (field, low, high)
        where case f.field
                  when 'time' then (extract(epoch from (at at time zone 'UTC')::time) * 1000000)::bigint
                  else floor(date_part(f.field, at at time zone 'UTC'))::bigint end
              not between f.low and f.high)
$$;
