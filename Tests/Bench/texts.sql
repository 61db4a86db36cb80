-- Long free text: texts_<rows>. Nothing is random, as in flights.sql.
create or replace function words(seed bigint, count integer) returns text language sql immutable as $$
    select string_agg((array[
        'order', 'delivery', 'the', 'of', 'and', 'customer', 'was', 'not', 'found', 'at', 'door', 'left', 'with',
        'neighbour', 'parcel', 'damaged', 'returned', 'to', 'sender', 'please', 'call', 'before', 'arrival', 'second',
        'attempt', 'tomorrow', 'morning', 'warehouse', 'confirmed', 'smørbrød', 'kjøkken', 'invoice'])
        [1 + (hashint8(seed + i) & 31)], ' ') from generate_series(1, count) i
$$;
create table texts_:rows (
    id bigint primary key, tenant_id text not null, author text not null, title text not null, body text not null,
    note text);
insert into texts_:rows
select n, 'bench', 'Author ' || h % 1000, initcap(words(h, 5)), words(h / 3, 60) || E'\nSecond line, "quoted" & <marked>.',
    case when h % 3 = 0 then words(h / 7, 12) end
from (select n, hashint8(n)::bigint & 2147483647 as h from generate_series(1, :rows) n) numbers;
vacuum analyze texts_:rows;
grant select on texts_:rows to reader;
