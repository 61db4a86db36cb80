-- Purpose: how many jobs list_records finds without its page, at most at_most; all of them when that is null. The other
--          parameters are those of list_records.
-- Indexes: report_export_jobs_created; report_export_jobs_requester when there is a requester.
-- The conditions stand here and there, and not in a function of their own, whose call for each row took ten times as
-- long.
create or replace function count_records(
    tenant text, requester text, states text[], only_format text, created_from timestamptz, created_before timestamptz,
    fields text[], lows bigint[], highs bigint[], at_most bigint default null)
returns bigint language sql stable as $$
    select count(*) from (
        select from report_export_jobs
        where tenant_id = tenant
          and (requester is null or requested_by = requester)
          and (states is null or state = any (states))
          and (only_format is null or format = only_format)
          and requested_at >= coalesce(created_from, '-infinity')
          and requested_at < coalesce(created_before, 'infinity')
          and (fields = '{}' or not exists (
              select from unnest(fields, lows, highs) as f (field, low, high)
              where case f.field
                        when 'time' then (extract(epoch from (requested_at at time zone 'UTC')::time) * 1000000)::bigint
                        else floor(date_part(f.field, requested_at at time zone 'UTC'))::bigint end
                    not between f.low and f.high))
        limit at_most) counted
$$;
