-- Loads countries.csv and cities.csv of the current folder (for the whole file: zcat cities.csv.gz > cities.csv).
create temporary table loaded_countries (
    iso text, name text, capital text, continent text, area double precision, population bigint,
    currency_code text, currency_name text, phone text, languages text
);
\copy loaded_countries from 'countries.csv' with (format csv, header)
insert into geo.countries select * from loaded_countries;

create temporary table loaded_cities (
    id integer, name text, alternate_names text, latitude numeric, longitude double precision,
    country text, admin1 text, population bigint, timezone text
);
\copy loaded_cities from 'cities.csv' with (format csv, header)
insert into geo.cities
select id, name, string_to_array(alternate_names, '|'), latitude, longitude, country, admin1, population, timezone,
    case
        when population < 2000 then 'village'
        when population < 50000 then 'town'
        when population < 1000000 then 'city'
        else 'metropolis'
    end::geo.size
from loaded_cities;
analyze geo.countries, geo.cities;
