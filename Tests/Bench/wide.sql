-- Sixty columns of every kind: wide_<rows>. Nothing is random, as in flights.sql.
select 'create table wide_' || :'rows' || ' (id bigint primary key, tenant_id text not null, '
    || string_agg(format('%s %s', name, type), ', ' order by n) || ')'
from (
    select n, 'i' || n as name, 'integer' as type from generate_series(1, 20) n
    union all select 20 + n, 'n' || n, 'numeric(10, 2)' from generate_series(1, 15) n
    union all select 35 + n, 't' || n, 'text' from generate_series(1, 14) n
    union all select 49 + n, 'd' || n, 'timestamptz' from generate_series(1, 5) n
    union all select 54 + n, 'b' || n, 'boolean' from generate_series(1, 5) n) columns \gexec

select 'insert into wide_' || :'rows' || ' select n, ''bench'', ' || string_agg(value, ', ' order by n)
    || ' from (select n, hashint8(n)::bigint & 2147483647 as h from generate_series(1, ' || :'rows' || ') n) numbers'
from (
    select n, format('(h / %s) %% 100000', n) as value from generate_series(1, 20) n
    union all select 20 + n, format('((h / %s) %% 1000000) / 100.0', n) from generate_series(1, 15) n
    union all select 35 + n, format('case when h %% %s <> 0 then ''item '' || (h / %s) %% 5000 end', n + 2, n)
        from generate_series(1, 14) n
    union all select 49 + n, format('timestamptz ''2026-01-01 00:00:00+00'' + make_interval(secs => (h / %s) %% 30000000)', n)
        from generate_series(1, 5) n
    union all select 54 + n, format('(h / %s) %% 2 = 0', n) from generate_series(1, 5) n) columns \gexec

vacuum analyze wide_:rows;
grant select on wide_:rows to reader;
