-- Purpose: a page of a tenant's jobs, newest first, wherever it lies: the jobs before it are counted by blocks.
-- Parameters: a filter that is null is not applied (count_blocks).
-- Indexes: report_export_blocks_pkey; report_export_jobs_created in the blocks that the page touches.
-- A block that has no job of a filter has no part in the page, but those before it must end where it begins: so the
-- blocks' ends are looked up for the few that are touched.
create or replace function page_jobs(
    tenant text, only_module text, only_catalog text, only_states text[], page_limit integer, page_offset bigint,
    only_removed boolean default null)
returns setof report_export_jobs language sql stable as $$
    select j.* from (
        select c.*, sum(c.jobs) over (order by c.first_at desc, c.first_serial desc) as until
        from count_blocks(tenant, only_module, only_catalog, only_states, only_removed) c) b
    left join lateral (
        select n.first_at, n.first_serial from report_export_blocks n
        where n.tenant_id = tenant and (n.first_at, n.first_serial) > (b.first_at, b.first_serial)
        order by n.first_at, n.first_serial limit 1) next on true
    cross join lateral (
        select i.id, i.requested_at, i.serial from report_export_jobs i
        where i.tenant_id = tenant and (i.requested_at, i.serial) >= (b.first_at, b.first_serial)
          and (i.requested_at, i.serial) < (coalesce(next.first_at, 'infinity'), coalesce(next.first_serial, 0))
          and (only_module is null or i.module = only_module) and (only_catalog is null or i.catalog = only_catalog)
          and (only_states is null or i.state = any (only_states))
          and (only_removed is null or (i.removed_at is not null) = only_removed)
        order by i.requested_at desc, i.serial desc
        limit page_limit offset greatest(page_offset - (b.until - b.jobs), 0)) page
    join report_export_jobs j on j.id = page.id
    where b.until > page_offset and b.until - b.jobs < page_offset + page_limit and b.jobs > 0
    order by page.requested_at desc, page.serial desc
    limit page_limit
$$;
