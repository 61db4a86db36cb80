-- GeoNames as somebody would keep it who never heard of Penstock: no tenant column, no dates, an array, an enum that is
-- computed, a column name with capitals and spaces. Views give the tenants, as the catalog language recommends.
create schema geo;

create type geo.size as enum ('village', 'town', 'city', 'metropolis');

create table geo.countries (
    iso             char(2) primary key,
    name            text not null,
    capital         text,
    continent       char(2) not null,
    "Area in km²"   double precision,
    population      bigint,
    currency_code   text,
    currency_name   text,
    phone           text,
    languages       text
);

create table geo.cities (
    id              integer primary key,
    name            text not null,
    alternate_names text[],
    latitude        numeric(8, 5) not null,
    longitude       double precision not null,
    country         char(2) not null references geo.countries,
    admin1          text,
    population      bigint not null,
    timezone        text,
    size            geo.size not null
);

create index on geo.cities (country, id);

-- Data that every tenant may have.
create table geo.readers (id text primary key);
insert into geo.readers values ('atlas'), ('globus');

create view geo.cities_for_readers as
select r.id as reader, c.* from geo.readers r cross join geo.cities c;

-- A tenant that is found in another table.
create view geo.cities_by_continent as
select k.continent, c.* from geo.cities c join geo.countries k on k.iso = c.country;
