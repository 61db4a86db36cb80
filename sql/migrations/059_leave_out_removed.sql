-- The list of exports leaves out those that somebody has removed, and event streams tell the parts of those that run.

create or replace view shown_jobs as
    select id, serial, tenant_id, module, catalog, category, format, language, requested_by, state, run_after,
        progress_total, progress_done, file_name, stored_path, file_size_bytes, row_count, sha256, metadata,
        error_code, error_summary, attempt_error_code, attempt_error_summary, requested_at, started_at, completed_at,
        expires_at, change_number, changed_at, case when access is not null then '{}'::jsonb end as access, removed_at,
        parts_total, parts_ready
    from report_export_jobs;

-- What lists leave out stands in their index, too. With the table locked until the end, nobody changes a job meanwhile.
drop index report_export_jobs_created;
create index report_export_jobs_created on report_export_jobs (tenant_id, requested_at desc, serial desc)
    include (id, state, format, module, catalog, removed_at);

-- Of the jobs of a block in these states, those that were removed.
alter table report_export_blocks
    add column removed_failed integer not null default 0,
    add column removed_cancelled integer not null default 0,
    add column removed_expired integer not null default 0,
    add column removed_other integer not null default 0,
    add column removed integer not null
        generated always as (removed_failed + removed_cancelled + removed_expired + removed_other) stored,
    add constraint block_removed_not_negative check
        (least(removed_failed, removed_cancelled, removed_expired, removed_other) >= 0);

-- As in migration 045, with those that were removed.
create or replace function count_block() returns trigger language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
    was text := case when tg_op <> 'INSERT' then old.state end;
    becomes text := case when tg_op <> 'DELETE' then new.state end;
    was_removed boolean := tg_op <> 'INSERT' and old.removed_at is not null;
    is_removed boolean := tg_op <> 'DELETE' and new.removed_at is not null;
    job report_export_jobs;
    -- Where its block begins.
    start_at timestamptz := '-infinity';
    start_serial bigint := 0;
    block record;
    place tid;
    moved tid;
begin
    if was = becomes and was_removed = is_removed then
        return null;
    end if;
    if tg_op = 'DELETE' then
        job := old;
        perform pg_advisory_xact_lock(lock_number('changes'), hashtext(job.tenant_id));
    else
        job := new;
    end if;
    select b.first_at as at, b.first_serial as serial into block from report_export_blocks b
    where b.tenant_id = job.tenant_id and (b.first_at, b.first_serial) <= (job.requested_at, job.serial)
    order by b.first_at desc, b.first_serial desc limit 1;
    if found then
        start_at := block.at;
        start_serial := block.serial;
    end if;
    if tg_op = 'INSERT' and (
            select t.block_jobs from report_export_tenants t
            where t.tenant_id = job.tenant_id order by t.version desc limit 1) >= 4000
        and not exists (
            select from report_export_jobs j
            where j.tenant_id = job.tenant_id and (j.requested_at, j.serial) > (job.requested_at, job.serial)) then
        start_at := job.requested_at;
        start_serial := job.serial;
    end if;
    select b.ctid into place from report_export_blocks b
    where b.tenant_id = job.tenant_id and b.first_at = start_at and b.first_serial = start_serial
      and b.module = job.module and b.catalog = job.catalog
    order by b.version desc limit 1;
    if not found then
        insert into report_export_blocks as b (tenant_id, first_at, first_serial, module, catalog)
        values (job.tenant_id, start_at, start_serial, job.module, job.catalog)
        returning b.ctid into place;
    end if;
    update report_export_blocks b
    set pending = b.pending
            + (becomes is not distinct from 'pending')::integer - (was is not distinct from 'pending')::integer,
        processing = b.processing
            + (becomes is not distinct from 'processing')::integer - (was is not distinct from 'processing')::integer,
        ready = b.ready + (becomes is not distinct from 'ready')::integer - (was is not distinct from 'ready')::integer,
        failed = b.failed
            + (becomes is not distinct from 'failed')::integer - (was is not distinct from 'failed')::integer,
        cancelled = b.cancelled
            + (becomes is not distinct from 'cancelled')::integer - (was is not distinct from 'cancelled')::integer,
        expired = b.expired
            + (becomes is not distinct from 'expired')::integer - (was is not distinct from 'expired')::integer,
        other = b.other
            + coalesce(becomes not in ('pending', 'processing', 'ready', 'failed', 'cancelled', 'expired'), false)::integer
            - coalesce(was not in ('pending', 'processing', 'ready', 'failed', 'cancelled', 'expired'), false)::integer,
        removed_failed = b.removed_failed
            + (is_removed and becomes = 'failed')::integer - (was_removed and was = 'failed')::integer,
        removed_cancelled = b.removed_cancelled
            + (is_removed and becomes = 'cancelled')::integer - (was_removed and was = 'cancelled')::integer,
        removed_expired = b.removed_expired
            + (is_removed and becomes = 'expired')::integer - (was_removed and was = 'expired')::integer,
        removed_other = b.removed_other
            + (is_removed and becomes not in ('failed', 'cancelled', 'expired'))::integer
            - (was_removed and was not in ('failed', 'cancelled', 'expired'))::integer
    where b.ctid = place
    returning b.ctid into moved;
    -- The page of a tid is the first number of its text.
    if (moved::text::point)[0] <> (place::text::point)[0] then
        update report_export_blocks b set version = b.version + 1 where b.ctid = moved returning b.ctid into moved;
    end if;
    if tg_op = 'DELETE' then
        delete from report_export_blocks b where b.ctid = moved and b.jobs = 0;
    end if;
    return null;
end $$;

create or replace trigger report_export_jobs_count
    after insert or delete or update of state, removed_at on report_export_jobs
    for each row execute function count_block();

update report_export_blocks b
set removed_failed = r.failed, removed_cancelled = r.cancelled, removed_expired = r.expired, removed_other = r.other
from (
    select j.tenant_id, start.first_at, start.first_serial, j.module, j.catalog,
        count(*) filter (where j.state = 'failed') as failed,
        count(*) filter (where j.state = 'cancelled') as cancelled,
        count(*) filter (where j.state = 'expired') as expired,
        count(*) filter (where j.state not in ('failed', 'cancelled', 'expired')) as other
    from report_export_jobs j
    cross join lateral (
        select n.first_at, n.first_serial from report_export_blocks n
        where n.tenant_id = j.tenant_id and (n.first_at, n.first_serial) <= (j.requested_at, j.serial)
        order by n.first_at desc, n.first_serial desc limit 1) start
    where j.removed_at is not null
    group by 1, 2, 3, 4, 5) r
where b.tenant_id = r.tenant_id and b.first_at = r.first_at and b.first_serial = r.first_serial
  and b.module = r.module and b.catalog = r.catalog;

-- They have a parameter more.
drop function if exists count_blocks(text, text, text, text[]);
drop function if exists count_jobs(text, text, text, text, bigint);
drop function if exists list_jobs(text, text, text, text, integer, bigint);
drop function if exists page_jobs(text, text, text, text[], integer, bigint);
