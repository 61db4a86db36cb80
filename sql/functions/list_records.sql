-- Purpose: a page of surface 4: a tenant's jobs, newest first; a filter that is null is not applied.
-- Parameters: fields, lows, highs: arrays of equal length, one element a condition on a part of the time of creation in
--             UTC (a field of date_part, or 'time' for the microseconds since midnight): it lies between low and high.
-- count_records: how many match without the page.
-- Indexes: report_export_jobs_created; report_export_jobs_requester when there is a requester.
create or replace function list_records(
    tenant text, requester text, states text[], only_format text, created_from timestamptz, created_before timestamptz,
    fields text[], lows bigint[], highs bigint[], page_limit integer, page_offset bigint)
returns setof report_export_jobs language sql stable as $$
    select * from report_export_jobs
    where tenant_id = tenant
      and (requester is null or requested_by = requester)
      and (states is null or state = any (states))
      and (only_format is null or format = only_format)
      and (created_from is null or requested_at >= created_from)
      and (created_before is null or requested_at < created_before)
      and (fields = '{}' or created_within(requested_at, fields, lows, highs))
    order by requested_at desc, serial desc
    limit page_limit offset page_offset
$$;

create or replace function count_records(
    tenant text, requester text, states text[], only_format text, created_from timestamptz, created_before timestamptz,
    fields text[], lows bigint[], highs bigint[])
returns bigint language sql stable as $$
    select count(*) from report_export_jobs
    where tenant_id = tenant
      and (requester is null or requested_by = requester)
      and (states is null or state = any (states))
      and (only_format is null or format = only_format)
      and (created_from is null or requested_at >= created_from)
      and (created_before is null or requested_at < created_before)
      and (fields = '{}' or created_within(requested_at, fields, lows, highs))
$$;
