-- Tables for the benchmark, modelled on nycflights13: flights of one year with lookups for airlines and airports.
-- Nothing is random: each choice is a hash of the row's number, so that every run measures the same bytes.
--
--   psql -v rows=1000000 -f flights.sql
--
-- Makes flights_<rows>, with a tenant and the key id.

set client_min_messages = warning;

create table if not exists airlines (carrier text primary key, name text not null);
insert into airlines values
    ('9E', 'Endeavor Air Inc.'), ('AA', 'American Airlines Inc.'), ('AS', 'Alaska Airlines Inc.'),
    ('B6', 'JetBlue Airways'), ('DL', 'Delta Air Lines Inc.'), ('EV', 'ExpressJet Airlines Inc.'),
    ('F9', 'Frontier Airlines Inc.'), ('FL', 'AirTran Airways Corporation'), ('HA', 'Hawaiian Airlines Inc.'),
    ('MQ', 'Envoy Air'), ('OO', 'SkyWest Airlines Inc.'), ('UA', 'United Air Lines Inc.'),
    ('US', 'US Airways Inc.'), ('VX', 'Virgin America'), ('WN', 'Southwest Airlines Co.'),
    ('YV', 'Mesa Airlines Inc.')
on conflict do nothing;

create table if not exists airports (faa text primary key, name text not null);
insert into airports values
    ('EWR', 'Newark Liberty Intl'), ('JFK', 'John F Kennedy Intl'), ('LGA', 'La Guardia'),
    ('ATL', 'Hartsfield Jackson Atlanta Intl'), ('BOS', 'General Edward Lawrence Logan Intl'),
    ('BWI', 'Baltimore Washington Intl'), ('CLT', 'Charlotte Douglas Intl'), ('DCA', 'Ronald Reagan Washington Natl'),
    ('DEN', 'Denver Intl'), ('DFW', 'Dallas Fort Worth Intl'), ('DTW', 'Detroit Metro Wayne Co'),
    ('FLL', 'Fort Lauderdale Hollywood Intl'), ('IAD', 'Washington Dulles Intl'), ('IAH', 'George Bush Intercontinental'),
    ('LAS', 'Mc Carran Intl'), ('LAX', 'Los Angeles Intl'), ('MCO', 'Orlando Intl'), ('MIA', 'Miami Intl'),
    ('MSP', 'Minneapolis St Paul Intl'), ('ORD', 'Chicago Ohare Intl'), ('PHL', 'Philadelphia Intl'),
    ('PHX', 'Phoenix Sky Harbor Intl'), ('RDU', 'Raleigh Durham Intl'), ('RSW', 'Southwest Florida Intl'),
    ('SAN', 'San Diego Intl'), ('SEA', 'Seattle Tacoma Intl'), ('SFO', 'San Francisco Intl'),
    ('STL', 'Lambert St Louis Intl'), ('TPA', 'Tampa Intl')
on conflict do nothing;

create table flights_:rows (
    id         bigint      primary key,
    tenant_id  text        not null,
    carrier    text        not null,
    flight     integer     not null,
    tailnum    text,
    origin     text        not null,
    dest       text        not null,
    time_hour  timestamptz not null,
    dep_delay  numeric(6, 1),
    arr_delay  numeric(6, 1),
    distance   integer     not null,
    cancelled  boolean     not null
);

-- BQN, SJU and STT have no airport, as in the data that this is modelled on: their names are NULL.
insert into flights_:rows
select
    n, 'bench',
    (array['9E', 'AA', 'AS', 'B6', 'DL', 'EV', 'F9', 'FL', 'HA', 'MQ', 'OO', 'UA', 'US', 'VX', 'WN', 'YV'])[1 + h % 16],
    1 + (h / 16) % 8500,
    case when h % 134 <> 0 then 'N' || lpad(((h / 7) % 99999)::text, 5, '0') end,
    (array['EWR', 'JFK', 'LGA'])[1 + (h / 3) % 3],
    (array['ATL', 'BOS', 'BWI', 'CLT', 'DCA', 'DEN', 'DFW', 'DTW', 'FLL', 'IAD', 'IAH', 'LAS', 'LAX', 'MCO', 'MIA',
           'MSP', 'ORD', 'PHL', 'PHX', 'RDU', 'RSW', 'SAN', 'SEA', 'SFO', 'STL', 'TPA', 'BQN', 'SJU', 'STT']
    )[1 + (h / 11) % 29],
    timestamptz '2013-01-01 05:00:00+00' + make_interval(mins => ((n * 8760.0 / :rows)::int * 60) + (h % 60)::int),
    case when h % 41 <> 0 then (h / 13) % 600 / 2.0 - 20 end,
    case when h % 36 <> 0 then (h / 17) % 700 / 2.0 - 40 end,
    80 + (h / 19) % 4900,
    h % 41 = 0
from (select n, hashint8(n)::bigint & 2147483647 as h from generate_series(1, :rows) n) numbers;

vacuum analyze flights_:rows;
analyze airlines, airports;
grant select on all tables in schema public to reader;
