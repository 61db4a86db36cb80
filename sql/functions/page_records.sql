-- Purpose: a page of a list of records, newest first, wherever it lies: the jobs before it are counted by blocks.
-- Parameters: as record_blocks; page_offset, from the newest job of all (count_newer tells where a time begins).
-- Indexes: as record_blocks; in the blocks that the page touches report_export_jobs_created, or
--          report_export_jobs_requester when there is a requester.
create or replace function page_records(
    tenant text, requester text, states text[], only_format text, page_limit integer, page_offset bigint)
returns setof report_export_jobs language sql stable as $$
    select j.* from (
        select c.*, sum(c.jobs) over (order by c.first_at desc, c.first_serial desc) as until
        from record_blocks(tenant, requester, states, only_format) c) b
    left join lateral (
        select n.first_at, n.first_serial from report_export_blocks n
        where requester is null and n.tenant_id = tenant
          and (n.first_at, n.first_serial) > (b.first_at, b.first_serial)
        order by n.first_at, n.first_serial limit 1) next on true
    left join lateral (
        select n.first_at, n.first_serial from report_export_counts n
        where requester is not null and n.tenant_id = tenant and n.field = 'requester' and n.value = requester
          and (n.first_at, n.first_serial) > (b.first_at, b.first_serial)
        order by n.first_at, n.first_serial limit 1) own on true
    cross join lateral (
        select i.id, i.requested_at, i.serial from report_export_jobs i
        where i.tenant_id = tenant and (i.requested_at, i.serial) >= (b.first_at, b.first_serial)
          and (i.requested_at, i.serial) < (
              coalesce(own.first_at, next.first_at, 'infinity'), coalesce(own.first_serial, next.first_serial, 0))
          and (requester is null or i.requested_by = requester)
          and (states is null or i.state = any (states)) and (only_format is null or i.format = only_format)
        order by i.requested_at desc, i.serial desc
        limit page_limit offset greatest(page_offset - (b.until - b.jobs), 0)) page
    join report_export_jobs j on j.id = page.id
    where b.until > page_offset and b.until - b.jobs < page_offset + page_limit and b.jobs > 0
    order by page.requested_at desc, page.serial desc
    limit page_limit
$$;
