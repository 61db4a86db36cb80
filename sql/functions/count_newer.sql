-- Purpose: how many jobs of a list of records were asked for at a moment or after it. Two moments make the total of
--          what lies between them, and tell where its first page begins.
-- Parameters: as record_blocks.
-- Indexes: as record_blocks, and those of page_records for the block that the moment cuts.
create or replace function count_newer(
    tenant text, requester text, states text[], only_format text, moment timestamptz)
returns table (jobs bigint) language sql stable as $$
    select coalesce(sum(b.jobs) filter (where b.first_at >= moment), 0)::bigint + coalesce((
        select count(*)
        from (
            select c.first_at, c.first_serial from record_blocks(tenant, requester, states, only_format) c
            where c.first_at < moment order by c.first_at desc, c.first_serial desc limit 1) cut
        left join lateral (
            select n.first_at, n.first_serial from report_export_blocks n
            where requester is null and n.tenant_id = tenant
              and (n.first_at, n.first_serial) > (cut.first_at, cut.first_serial)
            order by n.first_at, n.first_serial limit 1) next on true
        left join lateral (
            select n.first_at, n.first_serial from report_export_counts n
            where requester is not null and n.tenant_id = tenant and n.field = 'requester' and n.value = requester
              and (n.first_at, n.first_serial) > (cut.first_at, cut.first_serial)
            order by n.first_at, n.first_serial limit 1) own on true
        join report_export_jobs i on i.tenant_id = tenant
          and (requester is null or i.requested_by = requester)
          and (states is null or i.state = any (states)) and (only_format is null or i.format = only_format)
          and i.requested_at >= moment
          and (i.requested_at, i.serial) < (
              coalesce(own.first_at, next.first_at, 'infinity'), coalesce(own.first_serial, next.first_serial, 0))), 0)
    from record_blocks(tenant, requester, states, only_format) b
$$;
