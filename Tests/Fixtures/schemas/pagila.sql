-- A film rental shop in the manner of Pagila with generated rows: 15 tables, 3 views, a materialized view.
--
-- Load:   psql -X -q -v ON_ERROR_STOP=1 -d pagila -f pagila.sql     (into an empty UTF8 database, all or nothing)
-- Rows:   the same in every load, whatever the time zone or collation; each value follows from the md5 of a seed.
-- Traps:  no tenant column, but store_id within reach: a rental's copy, customer and staff always belong to one store;
--         rating is an age rating, no status; staff has a password; text[], tsvector, bytea and a domain among the
--         columns; payment is partitioned by month with the key (payment_date, payment_id), and its foreign keys hang
--         on the partitions, none on the parent; film has two foreign keys to language; store.manager_staff_id has no
--         foreign key at all; a view's column has a space in its name; some foreign keys and dates have no index.

begin;
set local client_encoding = 'UTF8';
set local client_min_messages = 'warning';
set local search_path = public;
set local datestyle = 'ISO, YMD';
set local timezone = 'UTC';

-- Of this session only: a number between low and high; one of several words divided by commas; the time of a last
-- update.
create or replace function pg_temp.num(seed text, low int, high int) returns int language sql immutable as
$$ select low + ('x' || left(md5(seed), 7))::bit(28)::int % (high - low + 1) $$;

create or replace function pg_temp.pick(seed text, words text) returns text language sql immutable as
$$ select split_part(words, ',', pg_temp.num(seed, 1, 1 + length(words) - length(replace(words, ',', '')))) $$;

create or replace function pg_temp.updated(seed text) returns timestamptz language sql immutable as
$$ select timestamptz '2026-07-01 06:00:00+00' + pg_temp.num('updated ' || seed, 0, 99999999) * interval '37 microseconds' $$;

create or replace function pg_temp.first_name(seed text) returns text language sql immutable as
$$ select pg_temp.pick('first ' || seed, 'Alma,Ben,Carla,Dov,Edda,Felix,Gina,Hari,Inga,Jörg,Kim,Leo,Mona,Nils,Olga,Per,Rosa,Sven,Tuva,Zoë') $$;

create or replace function pg_temp.last_name(seed text) returns text language sql immutable as
$$ select pg_temp.pick('last ' || seed, 'Adler,Brandt,Castle,Dupont,Ek,Fischer,Gran,'
    'Hauge,Ito,Jensen,Kowal,Lind,Murphy,Næss,O''Neil,Park,Quist,Rossi,Sato,Weiß') $$;

create type mpaa_rating as enum ('G', 'PG', 'PG-13', 'R', 'NC-17');
create domain year as integer check (value between 1901 and 2155);

create function last_updated() returns trigger language plpgsql as
$$ begin new.last_update := current_timestamp; return new; end $$;

create table country (
    country_id  serial primary key,
    country     text not null,
    last_update timestamptz not null default now()
);

create table city (
    city_id     serial primary key,
    city        text not null,
    country_id  integer not null references country on update cascade on delete restrict,
    last_update timestamptz not null default now()
);
create index on city (country_id);

create table address (
    address_id  serial primary key,
    address     text not null,
    address2    text,
    district    text not null,
    city_id     integer not null references city on update cascade on delete restrict,
    postal_code text,
    phone       text not null,
    last_update timestamptz not null default now()
);
create index on address (city_id);

create table language (
    language_id serial primary key,
    name        text not null,
    last_update timestamptz not null default now()
);

create table category (
    category_id serial primary key,
    name        text not null,
    last_update timestamptz not null default now()
);

create table actor (
    actor_id    serial primary key,
    first_name  text not null,
    last_name   text not null,
    last_update timestamptz not null default now()
);
create index on actor (last_name);

create table film (
    film_id              serial primary key,
    title                text not null,
    description          text,
    release_year         year,
    language_id          integer not null references language on update cascade on delete restrict,
    original_language_id integer references language on update cascade on delete restrict,
    rental_duration      smallint not null default 3,
    rental_rate          numeric(4,2) not null default 4.99,
    length               smallint,
    replacement_cost     numeric(5,2) not null default 19.99,
    rating               mpaa_rating default 'G',
    last_update          timestamptz not null default now(),
    special_features     text[],
    fulltext             tsvector not null
);
create index on film (title);
create index on film (language_id);
create index on film using gist (fulltext);
create trigger film_fulltext before insert or update on film
    for each row execute function tsvector_update_trigger(fulltext, 'pg_catalog.english', title, description);

create table film_actor (
    actor_id    integer references actor on update cascade on delete restrict,
    film_id     integer references film on update cascade on delete restrict,
    last_update timestamptz not null default now(),
    primary key (actor_id, film_id)
);
create index on film_actor (film_id);

create table film_category (
    film_id     integer references film on update cascade on delete restrict,
    category_id integer references category on update cascade on delete restrict,
    last_update timestamptz not null default now(),
    primary key (film_id, category_id)
);

create table store (
    store_id         serial primary key,
    manager_staff_id integer not null unique,
    address_id       integer not null references address on update cascade on delete restrict,
    last_update      timestamptz not null default now()
);

create table staff (
    staff_id    serial primary key,
    first_name  text not null,
    last_name   text not null,
    address_id  integer not null references address on update cascade on delete restrict,
    email       text,
    store_id    integer not null references store,
    active      boolean not null default true,
    username    text not null,
    password    text,
    last_update timestamptz not null default now(),
    picture     bytea
);

create table customer (
    customer_id serial primary key,
    store_id    integer not null references store on update cascade on delete restrict,
    first_name  text not null,
    last_name   text not null,
    email       text,
    address_id  integer not null references address on update cascade on delete restrict,
    activebool  boolean not null default true,
    create_date date not null default current_date,
    last_update timestamptz default now(),
    active      integer
);
create index on customer (address_id);
create index on customer (store_id);
create index on customer (last_name);

create table inventory (
    inventory_id serial primary key,
    film_id      integer not null references film on update cascade on delete restrict,
    store_id     integer not null references store on update cascade on delete restrict,
    last_update  timestamptz not null default now()
);
create index on inventory (store_id, film_id);

create table rental (
    rental_id    serial primary key,
    rental_date  timestamptz not null,
    inventory_id integer not null references inventory on update cascade on delete restrict,
    customer_id  integer not null references customer on update cascade on delete restrict,
    return_date  timestamptz,
    staff_id     integer not null references staff on update cascade on delete restrict,
    last_update  timestamptz not null default now(),
    unique (rental_date, inventory_id, customer_id)
);
create index on rental (inventory_id);

create table payment (
    payment_id   serial,
    customer_id  integer not null,
    staff_id     integer not null,
    rental_id    integer not null,
    amount       numeric(5,2) not null,
    payment_date timestamptz not null,
    primary key (payment_date, payment_id)
) partition by range (payment_date);

-- payment_p2026_01 to payment_p2026_06, each with its own foreign keys.
do $$
declare
    month date;
    part text;
begin
    for month in select date '2026-01-01' + make_interval(months => m) from generate_series(0, 5) m loop
        part := to_char(month, '"payment_p"YYYY_MM');
        execute format('create table %I partition of payment for values from (%L) to (%L)',
            part, month || ' 00:00+00', (month + interval '1 month')::date || ' 00:00+00');
        execute format('alter table %I add foreign key (customer_id) references customer, '
            'add foreign key (staff_id) references staff, add foreign key (rental_id) references rental', part);
        execute format('create index on %I (customer_id)', part);
    end loop;
end $$;

insert into country (country, last_update)
select split_part('Norway,Sweden,Denmark,Finland,Germany,Austria,France,Spain,Italy,Poland,'
        'Greece,Türkiye,Egypt,Kenya,India,Japan,Peru,Chile,Canada,Côte d''Ivoire', ',', i), pg_temp.updated('country ' || i)
from generate_series(1, 20) i;

insert into city (city, country_id, last_update)
select pg_temp.pick('begin ' || i, 'Al,Bra,Cor,Dun,El,Fjell,Grün,Hel,Os,Sankt ')
    || pg_temp.pick('end ' || i, 'ville,stad,burg,mar,haven,münde,ås,polis'),
    1 + i % 20, pg_temp.updated('city ' || i)
from generate_series(1, 60) i;

-- 1 and 2 are the stores', 3 to 6 the staff's, the others the customers'.
insert into address (address, address2, district, city_id, postal_code, phone, last_update)
select pg_temp.num('house ' || i, 1, 1900) || ' ' || pg_temp.pick('street ' || i, 'Linden,Market,River,Tower,Garden,Mill') || ' '
        || pg_temp.pick('way ' || i, 'Road,Lane,Square'),
    case when i % 10 = 0 then 'c/o ' || pg_temp.last_name('address ' || i) when i > 4 then '' end,
    pg_temp.pick('district ' || i, 'North,South,Centre,Old Town'), pg_temp.num('city of ' || i, 1, 60),
    case when i % 23 > 0 then lpad(pg_temp.num('code ' || i, 0, 99999)::text, 5, '0') end,
    lpad(pg_temp.num('phone ' || i, 0, 99999999)::text, 12, '0'), pg_temp.updated('address ' || i)
from generate_series(1, 156) i;

insert into language (name, last_update)
select split_part('English,German,Norwegian,French,Finnish,Japanese', ',', i), pg_temp.updated('language ' || i) from generate_series(1, 6) i;

insert into category (name, last_update)
select split_part('Adventure,Mystery,Western,Romance,Musical,History,Nature,Satire,Thriller,Fantasy,Biography,War,Crime,'
        'Short,Silent,Experimental', ',', i), pg_temp.updated('category ' || i)
from generate_series(1, 16) i;

insert into actor (first_name, last_name, last_update)
select pg_temp.first_name('actor ' || i), pg_temp.last_name('actor ' || i), pg_temp.updated('actor ' || i) from generate_series(1, 100) i;

-- 20 × 20 words without a repetition. The features are the bits of i % 17: 0 is null, 16 an empty array.
insert into film (title, description, release_year, language_id, original_language_id, rental_duration, rental_rate, length,
    replacement_cost, rating, last_update, special_features)
select split_part('Amber,Broken,Crimson,Distant,Endless,Frozen,Golden,Hidden,Iron,'
        'Jade,Kindred,Lonely,Midnight,Northern,Open,Paper,Quiet,Restless,Silver,Tender', ',', 1 + i % 20)
        || ' ' || split_part('Anchor,Bridge,Canal,Door,Echo,Ferry,Garden,Harbour,Island,'
            'Journey,Kite,Lantern,Mountain,Night,Orchard,Piano,Quarry,River,Station,Tide', ',', 1 + (i / 20 + i % 20 * 3) % 20),
    pg_temp.pick('who ' || i, 'Two sisters,Six retired pilots,The last bakers,Three old friends,A father and a son') || ' '
        || pg_temp.pick('what ' || i, 'open a bakery,find a map,build a boat,run a small hotel,look for a lost dog') || ' '
        || pg_temp.pick('where ' || i, 'on a night train,by the fjord,in an empty city,at the end of the line')
        || pg_temp.pick('when ' || i, '; then winter comes.,. Nobody believes them.,: a comedy.'),
    1950 + pg_temp.num('year ' || i, 0, 75), pg_temp.num('language ' || i, 1, 3), case when i % 6 = 0 then pg_temp.num('original ' || i, 1, 6) end,
    pg_temp.num('duration ' || i, 3, 7), pg_temp.num('rate ' || i, 0, 2) * 2 + 0.99,
    case when i % 50 > 0 then pg_temp.num('length ' || i, 46, 185) end,
    pg_temp.num('cost ' || i, 9, 29) + 0.99, (enum_range(null::mpaa_rating))[pg_temp.num('rating ' || i, 1, 5)], pg_temp.updated('film ' || i),
    case when i % 17 > 0 then array(
        select feature
        from unnest(array['Interview', 'Outtakes, uncut', 'Director''s notes', '"Making of"']) with ordinality f (feature, n)
        where (i % 17) >> (n - 1)::int & 1 = 1
        order by n) end
from generate_series(1, 200) i;

-- Three to seven actors a film, five on average.
insert into film_actor
select 1 + (i * 11 + k * 17) % 100, i, pg_temp.updated('part ' || i || '/' || k)
from generate_series(1, 200) i, generate_series(0, 6) k
where k < 3 + i % 5;

insert into film_category
select i, pg_temp.num('genre ' || i, 1, 16), pg_temp.updated('genre ' || i) from generate_series(1, 200) i;

insert into store (manager_staff_id, address_id, last_update)
select i, i, pg_temp.updated('store ' || i) from generate_series(1, 2) i;

-- Odd staff, customers and copies belong to store 1, even ones to store 2.
insert into staff (first_name, last_name, address_id, email, store_id, active, username, password, last_update, picture)
select pg_temp.first_name('staff ' || i), pg_temp.last_name('staff ' || i), i + 2, 'staff' || i || '@rentals.example', 2 - i % 2, i < 4,
    'staff' || i, md5('secret ' || i) || left(md5('pepper ' || i), 8), pg_temp.updated('staff ' || i),
    case when i = 1 then decode('89504e470d0a1a0a' || repeat(md5('picture ' || i), 4), 'hex') end
from generate_series(1, 4) i;

insert into customer (store_id, first_name, last_name, email, address_id, activebool, create_date, last_update, active)
select 2 - i % 2, pg_temp.first_name('customer ' || i), pg_temp.last_name('customer ' || i),
    case when i % 30 > 0 then 'customer' || i || '@mail.example' end, i + 6, i % 12 > 0, date '2025-02-14' + i,
    pg_temp.updated('customer ' || i), (i % 12 > 0)::int
from generate_series(1, 150) i;

-- Three copies of each film but the last five, at both stores.
insert into inventory (film_id, store_id, last_update)
select 1 + (i - 1) / 3, 2 - i % 2, pg_temp.updated('copy ' || i) from generate_series(1, 585) i;

-- 500 a month, evenly spaced; a copy goes out again after 585 rentals. Customers 149 and 150 rent nothing.
insert into rental (rental_date, inventory_id, customer_id, return_date, staff_id, last_update)
select day, copy, 2 * pg_temp.num('renter ' || i, 1, 74) - copy % 2,
    case when i <= 2950 and i % 97 > 0 then day + pg_temp.num('kept ' || i, 600, 12000) * interval '1 minute' end,
    2 * pg_temp.num('clerk ' || i, 1, 2) - copy % 2, pg_temp.updated('rental ' || i)
from generate_series(1, 3000) i
cross join lateral (select timestamptz '2026-01-01 00:00+00' + make_interval(months => (i - 1) / 500)) m (first)
cross join lateral (
    select m.first + (i - 1) % 500 * ((m.first + interval '1 month' - m.first) / 500), 1 + i * 7 % 585) r (day, copy)
order by i;

-- One for each rental, within the hour and so within the month; every 40th is not paid, late ones cost more.
insert into payment (customer_id, staff_id, rental_id, amount, payment_date)
select r.customer_id, r.staff_id, r.rental_id,
    f.rental_rate + greatest(0, coalesce(extract(day from r.return_date - r.rental_date)::int, 0) - f.rental_duration),
    r.rental_date + pg_temp.num('paid ' || r.rental_id, 1, 3600) * interval '1 second'
from rental r
join inventory i using (inventory_id)
join film f using (film_id)
where r.rental_id % 40 > 0
order by r.rental_id;

create view customer_list as
select c.customer_id as id, concat_ws(' ', c.first_name, c.last_name) as name, a.address, a.postal_code as "zip code", a.phone,
    city.city, country.country, case when c.activebool then 'active' else '' end as notes, c.store_id as sid
from customer c
join address a using (address_id)
join city using (city_id)
join country using (country_id);

create view film_list as
select f.film_id as fid, f.title, f.description, g.name as category, f.rental_rate as price, f.length, f.rating, cast_of.actors
from film f
join film_category using (film_id)
join category g using (category_id)
cross join lateral (
    select string_agg(concat_ws(' ', a.first_name, a.last_name), ', ' order by a.actor_id)
    from film_actor fa
    join actor a using (actor_id)
    where fa.film_id = f.film_id
) cast_of (actors);

create view sales_by_store as
select city.city || ',' || country.country as store, concat_ws(' ', m.first_name, m.last_name) as manager, sum(p.amount) as total_sales
from payment p
join staff seller on seller.staff_id = p.staff_id
join store s on s.store_id = seller.store_id
join staff m on m.staff_id = s.manager_staff_id
join address a on a.address_id = s.address_id
join city using (city_id)
join country using (country_id)
group by s.store_id, city.city, country.country, m.first_name, m.last_name;

create materialized view rental_by_category as
select g.name as category, sum(p.amount) as total_sales
from payment p
join rental using (rental_id)
join inventory using (inventory_id)
join film_category using (film_id)
join category g using (category_id)
group by g.name
order by total_sales desc, g.name collate "C";
create unique index on rental_by_category (category);

do $$
declare
    name text;
begin
    for name in
        select table_name from information_schema.columns
        where table_schema = 'public' and column_name = 'last_update' and table_name in (
            'actor', 'address', 'category', 'city', 'country', 'customer', 'film', 'film_actor', 'film_category', 'inventory', 'language',
            'rental', 'staff', 'store')
        order by table_name collate "C"
    loop
        execute format('create trigger last_updated before update on %I for each row execute function last_updated()', name);
    end loop;
end $$;

analyze country, city, address, language, category, actor, film, film_actor, film_category, store, staff, customer, inventory, rental, payment,
    rental_by_category;
commit;
