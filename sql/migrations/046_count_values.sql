-- How many jobs of each requester, and of each format, lie in each stretch of a tenant's list. By it any page of these
-- lists is found, and their totals are exact, as by report_export_blocks: the page at half of a million jobs took
-- 0.1 s. Neither changes in a job's life, so that only its insert and its removal are counted.
create table report_export_counts (
    tenant_id    text        not null,
    field        text        not null constraint counted_field_known check (field in ('requester', 'format')),
    value        text        not null,
    -- Where the block begins. Those of a format are those of the tenant; a requester has blocks of his own, which end
    -- where the next one begins.
    first_at     timestamptz not null,
    first_serial bigint      not null,
    -- As in report_export_blocks.
    version      bigint      not null default 0,
    jobs         integer     not null default 0,
    constraint report_export_counts_pkey primary key (tenant_id, field, value, first_at, first_serial, version),
    constraint counted_jobs_not_negative check (jobs >= 0)
) with (fillfactor = 50);

-- Purpose: count a job among those of its requester and of its format.
-- Locks: the tenant's changes, which number_change and count_block have already.
-- Indexes: report_export_counts_pkey, report_export_blocks_pkey, report_export_jobs_requester.
create function count_values() returns trigger language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
    job report_export_jobs;
    counted record;
    -- Where the block begins, its row and what it says.
    start_at timestamptz;
    start_serial bigint;
    block record;
    place tid;
    so_far integer;
    moved tid;
begin
    job := case when tg_op = 'DELETE' then old else new end;
    for counted in select * from (values ('requester', job.requested_by), ('format', job.format)) f (field, value) loop
        -- The newest of its own blocks that is not after the job: there the job is counted, when it goes.
        select c.first_at, c.first_serial, c.ctid, c.jobs into start_at, start_serial, place, so_far
        from report_export_counts c
        where c.tenant_id = job.tenant_id and c.field = counted.field and c.value = counted.value
          and (c.first_at, c.first_serial) <= (job.requested_at, job.serial)
        order by c.first_at desc, c.first_serial desc, c.version desc limit 1;
        if tg_op = 'INSERT' and counted.field = 'requester' then
            if so_far >= 2000 and not exists (
                    select from report_export_jobs j
                    where j.tenant_id = job.tenant_id and j.requested_by = job.requested_by
                      and (j.requested_at, j.serial) > (job.requested_at, job.serial)) then
                start_at := job.requested_at;
                start_serial := job.serial;
                place := null;
            end if;
        elsif tg_op = 'INSERT' then
            select b.first_at as at, b.first_serial as serial into block from report_export_blocks b
            where b.tenant_id = job.tenant_id and (b.first_at, b.first_serial) <= (job.requested_at, job.serial)
            order by b.first_at desc, b.first_serial desc limit 1;
            if (block.at, block.serial) is distinct from (start_at, start_serial) then
                start_at := block.at;
                start_serial := block.serial;
                place := null;
            end if;
        end if;
        if place is null then
            insert into report_export_counts as c (tenant_id, field, value, first_at, first_serial)
            values (job.tenant_id, counted.field, counted.value, coalesce(start_at, '-infinity'), coalesce(start_serial, 0))
            returning c.ctid into place;
        end if;
        update report_export_counts c set jobs = c.jobs + case when tg_op = 'DELETE' then -1 else 1 end
        where c.ctid = place
        returning c.ctid into moved;
        -- The page of a tid is the first number of its text.
        if (moved::text::point)[0] <> (place::text::point)[0] then
            update report_export_counts c set version = c.version + 1 where c.ctid = moved returning c.ctid into moved;
        end if;
        if tg_op = 'DELETE' then
            delete from report_export_counts c where c.ctid = moved and c.jobs = 0;
        end if;
    end loop;
    return null;
end $$;

-- After report_export_jobs_count, by its name: blocks of the tenant are there.
create trigger report_export_jobs_count_values after insert or delete on report_export_jobs
    for each row execute function count_values();

insert into report_export_counts (tenant_id, field, value, first_at, first_serial, jobs)
select b.tenant_id, 'format', f.format, b.first_at, b.first_serial, f.jobs
from (
    select d.*, coalesce(lead(d.first_at) over tenant, 'infinity') as next_at,
        coalesce(lead(d.first_serial) over tenant, 0) as next_serial
    from (select distinct tenant_id, first_at, first_serial from report_export_blocks) d
    window tenant as (partition by tenant_id order by first_at, first_serial)) b
cross join lateral (
    select j.format, count(*) as jobs from report_export_jobs j
    where j.tenant_id = b.tenant_id and (j.requested_at, j.serial) >= (b.first_at, b.first_serial)
      and (j.requested_at, j.serial) < (b.next_at, b.next_serial)
    group by j.format) f;

-- The oldest block of a requester begins before all of his jobs.
insert into report_export_counts (tenant_id, field, value, first_at, first_serial, jobs)
select tenant_id, 'requester', requested_by,
    case when number = max(number) over requester then '-infinity' else first_at end,
    case when number = max(number) over requester then 0 else first_serial end, jobs
from (
    select tenant_id, requested_by, (place - 1) / 2000 as number, min(requested_at) as first_at,
        (array_agg(serial order by requested_at, serial))[1] as first_serial, count(*) as jobs
    from (
        select tenant_id, requested_by, requested_at, serial,
            row_number() over (partition by tenant_id, requested_by order by requested_at desc, serial desc) as place
        from report_export_jobs) jobs
    group by 1, 2, 3) counted
window requester as (partition by tenant_id, requested_by);
