-- Purpose: how many jobs each block of a tenant's list has; their sum is the list's exact total.
-- Parameters: a filter that is null is not applied; only_removed: those that somebody has removed, or the others.
-- Index: report_export_blocks_pkey.
create or replace function count_blocks(
    tenant text, only_module text, only_catalog text, only_states text[], only_removed boolean default null)
returns table (first_at timestamptz, first_serial bigint, jobs bigint) language sql stable as $$
    select b.first_at, b.first_serial, sum(
        case when only_removed then 0 when only_states is null then b.jobs
            else case when 'pending' = any (only_states) then b.pending else 0 end
                + case when 'processing' = any (only_states) then b.processing else 0 end
                + case when 'ready' = any (only_states) then b.ready else 0 end
                + case when 'failed' = any (only_states) then b.failed else 0 end
                + case when 'cancelled' = any (only_states) then b.cancelled else 0 end
                + case when 'expired' = any (only_states) then b.expired else 0 end end
        + case when only_removed then 1 when only_removed is null then 0 else -1 end
            * case when only_states is null then b.removed
                else case when 'failed' = any (only_states) then b.removed_failed else 0 end
                    + case when 'cancelled' = any (only_states) then b.removed_cancelled else 0 end
                    + case when 'expired' = any (only_states) then b.removed_expired else 0 end end)
    from report_export_blocks b
    where b.tenant_id = tenant
      and (only_module is null or b.module = only_module) and (only_catalog is null or b.catalog = only_catalog)
    group by b.first_at, b.first_serial
$$;
