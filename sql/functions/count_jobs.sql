-- Purpose: how many jobs list_jobs finds without its page, at most at_most; all of them when that is null.
-- Indexes: as count_blocks.
create or replace function count_jobs(
    tenant text, only_module text, only_catalog text, only_state text, at_most bigint default null,
    only_removed boolean default null)
returns bigint language sql stable as $$
    select least(coalesce(sum(jobs), 0), at_most)::bigint from count_blocks(
        tenant, only_module, only_catalog, case when only_state is not null then array[only_state] end, only_removed)
$$;
