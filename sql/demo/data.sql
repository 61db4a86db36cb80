-- Rows for schema.sql: two tenants, the first ten times the second, the same bytes on every load. No statement calls
-- random(): every choice is a hash of the row's number, so it does not depend on a plan, a seed in the session or the
-- row before.
--
--   psql -1 -v rows=220000 -f schema.sql -f data.sql
--
-- `rows` is the number of delivery orders over both tenants; everything else is scaled by it.
\if :{?rows}
\else
\set rows 220000
\endif

set local client_min_messages = warning;
set local synchronous_commit = off;
set local timezone = 'UTC';

\ir data/choices.sql
\ir data/people.sql
\ir data/delivery.sql
\ir data/warehouse.sql
\ir data/edges.sql
\ir data/keys.sql

drop schema choices cascade;
analyze;
