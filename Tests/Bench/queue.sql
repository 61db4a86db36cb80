-- Jobs for Tests/Bench/queue: old ones that expired, and waiting ones, dealt to the tenants in turn. Ids and times are
-- in the order of the requests, as the service makes them.
set client_min_messages = error;
truncate report_export_jobs cascade;
alter table report_export_jobs disable trigger user;
insert into report_export_jobs
    (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash, request_id, state,
     run_after, requested_at, completed_at, expires_at, file_name, stored_path, file_size_bytes, row_count, sha256, metadata,
     attempts, epoch, file_deleted_at, change_number)
select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
        || substr(md5(n::text), 4, 15))::uuid,
    'tenant-' || n % :tenants, 'm' || n % 3, 'c' || n % 7, 'operational', case n % 20 when 3 then 'xlsx' else 'csv' end, 'en', 'user-' || n % 50,
    '{"columns": ["a", "b", "c"]}', sha256(n::text::bytea), md5(n::text), 'expired', at, at, at + interval '1 min',
    at + interval '7 days', 'c.csv', 'files/aa/' || md5(n::text) || '.csv', 52431, 1240, sha256(n::text::bytea),
    '{"rows": 1240}', 1, 1, at + interval '8 days', n
from (select n, now() - interval '400 days' + n * interval '1 s' as at from generate_series(1, :history) n) x;
insert into report_export_jobs
    (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash, request_id, run_after,
     requested_at, change_number)
select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5('p' || n), 1, 3) || '8'
        || substr(md5('p' || n), 4, 15))::uuid,
    'tenant-' || n % :tenants, 'm' || n % 3, 'c' || n % 7, 'operational', case n % 20 when 3 then 'xlsx' else 'csv' end, 'en', 'user-' || n % 50,
    '{"columns": ["a", "b", "c"]}', sha256(n::text::bytea), md5('p' || n), at, at, :history + n
from (select n, now() - interval '2 hours' + n * interval '1 ms' as at from generate_series(1, :waiting) n) x;
alter table report_export_jobs enable trigger user;
-- What the triggers would have counted, where there are any.
select to_regclass('report_export_tenants') is not null as counts_tenants,
    to_regclass('report_export_blocks') is not null as counts_blocks,
    to_regclass('report_export_counts') is not null as counts_values \gset
\if :counts_tenants
truncate report_export_tenants;
insert into report_export_tenants (tenant_id, pending, head_at, turn_at)
select tenant_id, count(*), min(run_after), min(run_after) from report_export_jobs where state = 'pending' group by 1;
\if :counts_values
update report_export_tenants set open = pending;
\endif
\endif
\if :counts_blocks
truncate report_export_blocks;
with jobs as (
    select tenant_id, requested_at, serial, module, catalog, state,
        row_number() over (partition by tenant_id order by requested_at, serial) as place
    from report_export_jobs), counted as (
    select tenant_id, (place - 1) / 4000 as number, module, catalog,
        min(requested_at) filter (where place % 4000 = 1) as first_at, min(serial) filter (where place % 4000 = 1) as serial,
        count(*) filter (where state = 'pending') as pending, count(*) filter (where state = 'expired') as expired
    from jobs group by 1, 2, 3, 4)
insert into report_export_blocks (tenant_id, first_at, first_serial, module, catalog, pending, expired)
select tenant_id, min(first_at) over block, min(serial) over block, module, catalog, pending, expired
from counted window block as (partition by tenant_id, number);
\endif
\if :counts_values
truncate report_export_counts;
with jobs as (
    select tenant_id, requested_by, format, requested_at, serial,
        row_number() over (partition by tenant_id order by requested_at, serial) as place,
        row_number() over (partition by tenant_id, requested_by order by requested_at, serial) as own_place
    from report_export_jobs)
insert into report_export_counts (tenant_id, field, value, first_at, first_serial, jobs)
select tenant_id, 'requester', requested_by, min(requested_at), min(serial), count(*) from jobs
group by tenant_id, requested_by, (own_place - 1) / 2000
union all
select tenant_id, 'format', format, min(first_at), min(first_serial), count(*) from (
    select tenant_id, format, min(requested_at) over block as first_at, min(serial) over block as first_serial,
        (place - 1) / 4000 as number
    from jobs window block as (partition by tenant_id, (place - 1) / 4000)) b
group by tenant_id, format, number;
\endif
vacuum analyze;
