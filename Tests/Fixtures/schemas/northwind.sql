-- The 14 tables of the Northwind sample with generated rows: one company's order book, without any tenant column.
--
-- Load:   psql -X -q -v ON_ERROR_STOP=1 -d northwind -f northwind.sql     (into an empty UTF8 database, all or nothing)
-- Rows:   the same in every load, whatever the time zone or collation; each value follows from the md5 of a seed.
-- Traps:  blank-padded keys (char, bpchar), prices in real, text keys with leading zeros, two composite keys without a
--         single-column one, a column that means another table but is not called like it (ship_via), a self reference,
--         photos in bytea, no index but those of the primary keys, no comment, no view.

begin;
set local client_encoding = 'UTF8';
set local client_min_messages = 'warning';
set local search_path = public;
set local datestyle = 'ISO, YMD';

-- Of this session only: a number between low and high; one of several words divided by commas; a customer's five
-- letters.
create or replace function pg_temp.num(seed text, low int, high int) returns int language sql immutable as
$$ select low + ('x' || left(md5(seed), 7))::bit(28)::int % (high - low + 1) $$;

create or replace function pg_temp.pick(seed text, words text) returns text language sql immutable as
$$ select split_part(words, ',', pg_temp.num(seed, 1, 1 + length(words) - length(replace(words, ',', '')))) $$;

create or replace function pg_temp.letters(customer int) returns text language sql immutable as
$$ select upper(translate(left(md5('customer ' || customer), 5), '0123456789', 'ghkmnprstv')) $$;

create or replace function pg_temp.first_name(seed text) returns text language sql immutable as
$$ select pg_temp.pick('first ' || seed, 'Ada,Bo,Cleo,Dag,Eva,Finn,Gro,Hugo,Ida,Jon,Kai,Liv,Mio,Nora,Odd,Pia,Rut,Siv,Tor,Una') $$;

create or replace function pg_temp.last_name(seed text) returns text language sql immutable as
$$ select pg_temp.pick('last ' || seed, 'Aaker,Berg,Crane,Dahl,Ekberg,Falk,Grove,Holm,Iversen,'
    'Jansen,Krog,Lund,Moe,Nygård,O''Hara,Prüß,Rask,Strand') $$;

create or replace function pg_temp.place(seed text) returns text language sql immutable as
$$ select pg_temp.pick('place ' || seed, 'Bergen/Norway,Tromsø/Norway,Aarhus/Denmark,Malmö/Sweden,Turku/Finland,Kiel/Germany,Köln/Germany,'
    'Graz/Austria,Bern/Switzerland,Gent/Belgium,Nantes/France,Évora/Portugal,Cork/Ireland,Leeds/UK,Boise/USA,Salem/USA') $$;

create or replace function pg_temp.street(seed text) returns text language sql immutable as
$$ select pg_temp.num('house ' || seed, 1, 240) || ' ' || pg_temp.pick('street ' || seed, 'Mill,Harbour,Station,Garden,Church,Quarry')
    || ' ' || pg_temp.pick('way ' || seed, 'Street,Road,Lane,Square') $$;

create or replace function pg_temp.phone(seed text) returns text language sql immutable as
$$ select '(' || pg_temp.num('area ' || seed, 10, 99) || ') 555-' || lpad(pg_temp.num('line ' || seed, 0, 9999)::text, 4, '0') $$;

create table region (
    region_id          smallint primary key,
    region_description bpchar not null
);

create table territories (
    territory_id          varchar(20) primary key,
    territory_description bpchar not null,
    region_id             smallint not null references region
);

create table categories (
    category_id   smallint primary key,
    category_name varchar(15) not null,
    description   text,
    picture       bytea
);

create table suppliers (
    supplier_id   smallint primary key,
    company_name  varchar(40) not null,
    contact_name  varchar(30),
    contact_title varchar(30),
    address       varchar(60),
    city          varchar(15),
    region        varchar(15),
    postal_code   varchar(10),
    country       varchar(15),
    phone         varchar(24),
    fax           varchar(24),
    homepage      text
);

create table shippers (
    shipper_id   smallint primary key,
    company_name varchar(40) not null,
    phone        varchar(24)
);

create table us_states (
    state_id     smallint primary key,
    state_name   varchar(100),
    state_abbr   varchar(2),
    state_region varchar(50)
);

create table customers (
    customer_id   char(5) primary key,
    company_name  varchar(40) not null,
    contact_name  varchar(30),
    contact_title varchar(30),
    address       varchar(60),
    city          varchar(15),
    region        varchar(15),
    postal_code   varchar(10),
    country       varchar(15),
    phone         varchar(24),
    fax           varchar(24)
);

create table customer_demographics (
    customer_type_id char(10) primary key,
    customer_desc    text
);

create table customer_customer_demo (
    customer_id      char(5) references customers,
    customer_type_id char(10) references customer_demographics,
    primary key (customer_id, customer_type_id)
);

create table employees (
    employee_id       smallint primary key,
    last_name         varchar(20) not null,
    first_name        varchar(10) not null,
    title             varchar(30),
    title_of_courtesy varchar(25),
    birth_date        date,
    hire_date         date,
    address           varchar(60),
    city              varchar(15),
    region            varchar(15),
    postal_code       varchar(10),
    country           varchar(15),
    home_phone        varchar(24),
    extension         varchar(4),
    photo             bytea,
    notes             text,
    reports_to        smallint references employees,
    photo_path        varchar(255)
);

create table employee_territories (
    employee_id  smallint references employees,
    territory_id varchar(20) references territories,
    primary key (employee_id, territory_id)
);

create table products (
    product_id        smallint primary key,
    product_name      varchar(40) not null,
    supplier_id       smallint references suppliers,
    category_id       smallint references categories,
    quantity_per_unit varchar(20),
    unit_price        real,
    units_in_stock    smallint,
    units_on_order    smallint,
    reorder_level     smallint,
    discontinued      integer not null
);

create table orders (
    order_id         smallint primary key,
    customer_id      char(5) references customers,
    employee_id      smallint references employees,
    order_date       date,
    required_date    date,
    shipped_date     date,
    ship_via         smallint references shippers,
    freight          real,
    ship_name        varchar(40),
    ship_address     varchar(60),
    ship_city        varchar(15),
    ship_region      varchar(15),
    ship_postal_code varchar(10),
    ship_country     varchar(15)
);

create table order_details (
    order_id   smallint references orders,
    product_id smallint references products,
    unit_price real not null,
    quantity   smallint not null,
    discount   real not null,
    primary key (order_id, product_id)
);

insert into region
select i, split_part('Coast,Hills,Plains,Isles', ',', i) from generate_series(1, 4) i;

-- '00173', '00346', …: text of digits only, which is no number.
insert into territories
select lpad((i * 173)::text, 5, '0'), pg_temp.pick('territory ' || i, 'Upper,Lower,New,Old,Great') || ' '
        || pg_temp.pick('land ' || i, 'Fen,Moor,Ridge,Ford,Haven') || ' ' || i, 1 + i % 4
from generate_series(1, 52) i;

insert into categories
select i, split_part('Tools,Paint,Garden,Lighting,Timber,Fixings,Plumbing,Workwear', ',', i),
    'Goods of group ' || i || ', code ' || left(md5('category ' || i), 6), decode(md5('picture ' || i), 'hex')
from generate_series(1, 8) i;

insert into suppliers
select i, pg_temp.last_name('s' || i) || ' ' || pg_temp.pick('supply ' || i, 'Works,Foundry,Mills,& Sons,Trading') || ' ' || i,
    pg_temp.first_name('s' || i) || ' ' || pg_temp.last_name('sc' || i), pg_temp.pick('st ' || i, 'Sales Lead,Owner,Export Desk'),
    pg_temp.street('s' || i), split_part(p, '/', 1), case when p like '%USA' then 'West' end,
    lpad(pg_temp.num('sp' || i, 0, 99999)::text, 5, '0'), split_part(p, '/', 2), pg_temp.phone('s' || i),
    case when i % 3 = 0 then pg_temp.phone('sf' || i) end, case when i % 4 = 0 then 'https://supplier-' || i || '.example/' end
from generate_series(1, 30) i, pg_temp.place('s' || i) p;

insert into shippers
select i, split_part('Swift Freight,North Parcel,Harbour Lines,Rail & Road,Night Post,Bulk Haul', ',', i), pg_temp.phone('v' || i)
from generate_series(1, 6) i;

insert into us_states
select i, pg_temp.pick('state ' || i, 'North,South,East,West,New') || ' '
    || initcap(translate(left(md5('state ' || i), 6), '0123456789', 'aeioulnrst')),
    chr(65 + i / 26) || chr(65 + i % 26), split_part('north,south,east,west', ',', 1 + i % 4)
from generate_series(1, 51) i;

insert into customers
select pg_temp.letters(i), pg_temp.last_name('c' || i) || ' ' || pg_temp.pick('trade ' || i, 'Bakery,Hotel,School,Boatyard,Clinic,Market,Studio')
        || pg_temp.pick('form ' || i, ' AS, AB, GmbH, Ltd., A/S'),
    pg_temp.first_name('c' || i) || ' ' || pg_temp.last_name('cc' || i), pg_temp.pick('ct ' || i, 'Buyer,Owner,Accounts,Head of Purchasing'),
    pg_temp.street('c' || i), split_part(p, '/', 1), case when p like '%USA' then 'West' end,
    case when i % 19 > 0 then lpad(pg_temp.num('cp' || i, 0, 99999)::text, 5, '0') end, split_part(p, '/', 2), pg_temp.phone('c' || i),
    case when i % 4 > 0 then pg_temp.phone('cf' || i) end
from generate_series(1, 100) i, pg_temp.place('c' || i) p;

insert into customer_demographics
select split_part('NEW,REGULAR,LARGE,PUBLIC,DORMANT', ',', i), 'Group ' || i || ' of 5' from generate_series(1, 5) i;

insert into customer_customer_demo
select pg_temp.letters(i), split_part('NEW,REGULAR,LARGE,PUBLIC,DORMANT', ',', 1 + (i + k) % 5)
from generate_series(1, 100) i, generate_series(0, 1) k
where i % 2 = 0 or k = 0 and i % 3 = 0;

-- 1 leads 2 to 4, who lead the others.
insert into employees
select i, pg_temp.last_name('e' || i), pg_temp.first_name('e' || i),
    case when i = 1 then 'Managing Director' when i < 5 then 'Sales Manager' else 'Sales Representative' end,
    pg_temp.pick('mr ' || i, 'Mr.,Ms.,Dr.'), date '1961-03-01' + pg_temp.num('born ' || i, 0, 12000),
    date '2012-01-02' + pg_temp.num('hired ' || i, 0, 3600), pg_temp.street('e' || i), split_part(p, '/', 1),
    case when p like '%USA' then 'West' end, lpad(pg_temp.num('ep' || i, 0, 99999)::text, 5, '0'), split_part(p, '/', 2), pg_temp.phone('e' || i),
    lpad(pg_temp.num('ext ' || i, 1, 999)::text, 4, '0'), decode(repeat(md5('photo ' || i), 8), 'hex'),
    'Speaks ' || pg_temp.pick('speaks ' || i, 'German,Norwegian,French,Finnish') || ';' || chr(10) || 'likes '
    || pg_temp.pick('likes ' || i, 'rowing,chess,maps') || '.',
    case when i = 1 then null when i < 5 then 1 else 2 + i % 3 end, 'photos/employee-' || i || '.bmp'
from generate_series(1, 12) i, pg_temp.place('e' || i) p
order by i;

-- Each territory has one employee, every fourth a second one; employee 1 has none.
insert into employee_territories
select 2 + (i + 4 * k) % 11, lpad((i * 173)::text, 5, '0')
from generate_series(1, 52) i, generate_series(0, 1) k
where k = 0 or i % 4 = 0;

insert into products
select i, pg_temp.pick('adj ' || i, 'Oak,Steel,Brass,Copper,Heavy,Light,Blue,Folding') || ' '
        || pg_temp.pick('noun ' || i, 'Hammer,Lamp,Bench,Hinge,Bucket,Ladder,Rope,Apron,Tap,Saw') || ' No. ' || i,
    pg_temp.num('by ' || i, 1, 30), 1 + i % 8, pg_temp.pick('unit ' || i, '1 piece,10 boxes,24 - 500 g bags,6 x 2 m,"1/2"" pipe"'),
    (pg_temp.num('price ' || i, 150, 26000) * 0.01)::real, pg_temp.num('stock ' || i, 0, 125),
    case when i % 5 = 0 then 10 * pg_temp.num('ordered ' || i, 1, 9) else 0 end, 5 * pg_temp.num('level ' || i, 0, 6), (i % 10 = 7)::int
from generate_series(1, 80) i;

-- The last two customers never bought anything; the last 25 orders, and every 40th, are not shipped yet.
insert into orders
select 20000 + i, c.customer_id, pg_temp.num('seller ' || i, 2, 12), day, day + 28,
    case when i <= 975 and i % 40 > 0 then day + pg_temp.num('days ' || i, 1, 20) end, pg_temp.num('via ' || i, 1, 6),
    (pg_temp.num('freight ' || i, 5, 80000) * 0.01)::real, c.company_name, c.address, c.city, c.region, c.postal_code, c.country
from generate_series(1, 1000) i
cross join lateral (select date '2024-01-02' + i * 9 / 10) as d (day)
join customers c on c.customer_id = pg_temp.letters(pg_temp.num('buyer ' || i, 1, 98))::char(5)
order by i;

-- One to five lines an order, three on average.
insert into order_details
select o.order_id, p.product_id, (round(p.unit_price::numeric * case when o.order_id < 20500 then 0.9 else 1 end, 2))::real,
    pg_temp.num('quantity ' || o.order_id || k, 1, 120),
    (array[0, 0, 0, 0.05, 0.1, 0.15, 0.2, 0.25])[pg_temp.num('discount ' || o.order_id || k, 1, 8)]
from orders o
cross join generate_series(1, 5) k
join products p on p.product_id = 1 + (o.order_id * 3 + k * 17) % 80
where k <= 1 + o.order_id % 5
order by o.order_id, k;

analyze region, territories, categories, suppliers, shippers, us_states, customers, customer_demographics, customer_customer_demo,
    employees, employee_territories, products, orders, order_details;
commit;
