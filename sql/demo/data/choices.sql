-- How the rows are made: functions and word lists in a schema of their own, dropped when all is loaded.

create schema choices;

-- A whole number from 1 to size. The same n gives independent numbers for different salts.
create function choices.pick(n bigint, salt int, size int) returns int language sql immutable parallel safe
return 1 + (hashint8extended(n, salt) & 2147483647)::int % size;

-- The same for the share of rows that something happens to, in per mille.
create function choices.chance(n bigint, salt int, permille int) returns boolean language sql immutable parallel safe
return (hashint8extended(n, salt) & 2147483647) % 1000 < permille;

-- A key from a name: a version 8 UUID (RFC 9562) that holds the name's MD5.
create function choices.key(name text) returns uuid language sql immutable parallel safe
return overlay(overlay(md5(name) placing '8' from 13) placing 'a' from 17)::uuid;

-- A key that sorts by time: a version 7 UUID whose random bits are the name's MD5.
create function choices.key(moment timestamptz, name text) returns uuid language sql immutable parallel safe
return (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0')
    || overlay('7' || substr(md5(name), 1, 19) placing 'a' from 5))::uuid;

-- scale: rows per tenant for a table that has `share` rows for 200,000 orders; never none.
create table choices.tenant as
select *, orders / 200000.0 as scale
from (values
    (1, 'acme-logistics', 'ACME Logistics AS', greatest(:rows::bigint * 10 / 11, 20)),
    (2, 'nordlys-frakt', 'Nordlys Frakt ÅS 🌌', greatest(:rows::bigint / 11, 20))
) as t (seed, tenant_id, name, orders);

-- First date, length and last date of all that happens. It holds three clock changes of Europe/Oslo (2025-10-26,
-- 2026-03-29, 2026-10-25) and the first week of May 2026.
create function choices.first_moment() returns timestamptz language sql immutable parallel safe
return timestamptz '2025-10-20 00:00:00+00';
create function choices.last_moment() returns timestamptz language sql immutable parallel safe
return timestamptz '2026-11-15 00:00:00+00';

-- The moment of the n-th of `count` things: they come in order, a little unevenly, to the microsecond.
create function choices.moment(n bigint, count bigint) returns timestamptz language sql immutable parallel safe
return choices.first_moment()
    + (choices.last_moment() - choices.first_moment()) * ((n - 1)::float8 / greatest(count, 1))
    + make_interval(secs => (hashint8extended(n, 7) & 2147483647) % 600000000 / 1000000.0);

-- Names as people have them: half Norwegian, the rest from everywhere, some that break careless software.
create function choices.full_name(n bigint) returns text language sql immutable parallel safe
return case
    when choices.chance(n, 100, 500) then
        (array['Ole', 'Kari', 'Åse', 'Bjørn', 'Øyvind', 'Ingrid', 'Sølvi', 'Håkon', 'Silje', 'Torbjørn', 'Ragnhild',
               'Jørgen', 'Marit', 'Sindre', 'Kjærsti', 'Anne-Marie'])[choices.pick(n, 101, 16)] || ' ' ||
        (array['Hansen', 'Ødegård', 'Bråthen', 'Sæther', 'Næss', 'Bjørnstad', 'Løvås', 'Kvåle', 'Grønn', 'Myhre',
               'Åsheim', 'Johansen', 'Dahl', 'Sørensen', 'Vågen'])[choices.pick(n, 102, 15)]
    when choices.chance(n, 103, 450) then
        (array['José', 'Zoë', 'François', 'Łukasz', 'Dvořák', 'Müller', 'Iñaki', 'Siân', 'Đorđe', 'Gülşen', 'Ştefan',
               'Guðrún'])[choices.pick(n, 104, 12)] || ' ' ||
        (array['Núñez', 'Lefèvre', 'Wałęsa', 'Škvorecký', 'Groß', 'Etxeberria', 'O''Brien', 'Ó Súilleabháin', 'Yılmaz',
               'Țurcanu', 'Þórsdóttir', 'd''Arcy'])[choices.pick(n, 105, 12)]
    else
        (array['محمد عبد الله', 'فاطمة الزهراء', 'יעקב כהן', '王小明', '李娜', '張偉', 'สมชาย ใจดี', 'กาญจนา ศรีสุข', '山田 太郎',
               'さくら 田中', '김민준', 'Дмитрий Соколов', 'Олена Шевченко', 'Γιώργος Παπαδόπουλος', 'अनिल कुमार', 'Nguyễn Thị Hằng',
               'Ana 🚚 Costa', 'Berg, Kari', 'Jan "Janne" Lund', 'Smith; John', '👩‍🚒 Eva Holm', E'Zoe\u0308 (decomposed)'
              ])[choices.pick(n, 106, 22)]
end;

-- What people write into a free text field. One in eight is there to hurt: formulas, delimiters, quotes, breaks.
create function choices.note(n bigint) returns text language sql immutable parallel safe
return case
    when choices.chance(n, 110, 550) then null
    when choices.chance(n, 111, 150) then ''
    when choices.chance(n, 112, 670) then
        (array['Leave at the door', 'Ring på to ganger', 'Gate code 0471', 'Hund i hagen', 'Fragile!', 'اتصل قبل الوصول',
               '请放在门口', 'ฝากไว้กับยาม', 'Call ☎ first', 'Kjør forsiktig – glatt vei', 'Entrance B, 3rd floor'
              ])[choices.pick(n, 113, 11)]
    else
        (array['=1+1', '+4790000000', '-2+3', '@SUM(A1:A9)', '=cmd|''/c calc''!A1', '=HYPERLINK("http://example.org","x")',
               'say "hello"', 'a,b,c', 'a;b;c', E'tab\there', E'first line\nsecond line', E'first line\r\nsecond line',
               E'\tbegins with a tab', E'\rbegins with a return', 'back\slash \N \. \t', '  spaces around  ', '"', '""',
               '''', '007', '1e5', 'TRUE', 'NULL', '‮right to left‬', '<b>&amp;</b>', '_x0041_', '＝1+1', E'ends with a break\n'
              ])[choices.pick(n, 114, 28)]
end;

create function choices.city(n bigint) returns text language sql immutable parallel safe
return (array['Oslo', 'Bergen', 'Trondheim', 'Tromsø', 'Ålesund', 'Bodø', 'Hønefoss', 'Råde', 'Ås', 'Kirkenes', 'Longyearbyen',
    'Hammerfest'])[choices.pick(n, 120, 12)];
