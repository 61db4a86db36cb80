-- Purpose: a page of the Records API: a tenant's jobs, newest first; a filter that is null is not applied.
-- Parameters: fields, lows, highs: arrays of equal length, one element a condition on a part of the time of creation in
--             UTC (a field of date_part, or 'time' for the microseconds since midnight): it lies between low and high.
-- Indexes: report_export_jobs_created; report_export_jobs_requester when there is a requester.
-- The conditions stand in count_records too, and not in a function of their own, whose call for each row took ten times
-- as long.
create or replace function list_records(
    tenant text, requester text, states text[], only_format text, created_from timestamptz, created_before timestamptz,
    fields text[], lows bigint[], highs bigint[], page_limit integer, page_offset bigint)
returns setof report_export_jobs language sql stable as $$
    select j.* from (
        select id, requested_at, serial from report_export_jobs
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
        order by requested_at desc, serial desc
        limit page_limit offset page_offset) page
    join report_export_jobs j on j.id = page.id
    order by page.requested_at desc, page.serial desc
$$;
