-- Purpose: how many jobs each block of a list of records has: of a requester, or of a format, or of all in some states.
-- Parameters: requester or only_format or states, the others null.
-- Indexes: report_export_counts_pkey; as count_blocks.
create or replace function record_blocks(tenant text, requester text, states text[], only_format text)
returns table (first_at timestamptz, first_serial bigint, jobs bigint) language sql stable as $$
    select b.first_at, b.first_serial, b.jobs from count_blocks(tenant, null, null, states) b
    where requester is null and only_format is null
    union all
    select c.first_at, c.first_serial, c.jobs::bigint from report_export_counts c
    where c.tenant_id = tenant and c.field = case when requester is null then 'format' else 'requester' end
      and c.value = coalesce(requester, only_format)
$$;
