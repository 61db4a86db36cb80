#!/usr/bin/env bash
# PostgreSQL: a session with enable_sort=off or enable_seqscan=off compiles small queries by LLVM, for some hundred milliseconds.
#
# Who is hit: a tool that keeps its rows in an index's order, or its queries on an index, by turning the other plans off.
# Software: PostgreSQL 15.18 of Debian 12, whose packages have JIT compilation and leave it on.
# Expected: where the plan that is turned off is the only one, a query of a thousand rows takes as long as without the setting.
# Seen: "off" adds 10000000000 to the plan's cost. That is above jit_above_cost, jit_optimize_above_cost and
# jit_inline_above_cost, so each run of such a query is compiled, inlined and optimised before it reads its first row, which
# takes many times as long as the query.
# Instead: set jit=off in the same session.
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

command -v apt-get >/dev/null || not_run "this is not Debian: apt-get is missing"
packages=(
  postgresql-15=15.18-0+deb12u1
  postgresql-client-15=15.18-0+deb12u1
  libllvm14=1:14.0.6-12
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done
chmod 755 "$work/root"
libraries=("$work"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH=${libraries[0]}

# A PostgreSQL server of its own that listens on a socket in the temporary folder only. It does not run as root.
bin=$work/root/usr/lib/postgresql/15/bin
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
ask() { "$bin/psql" -XAtq -c "$@"; }

[ "$(ask 'select pg_jit_available()')" = t ] || not_run "this build has no JIT compilation"
ask "create table orders (id int primary key, placed date, amount int)"
ask "insert into orders select i, date '2026-01-01' + i % 300, i from generate_series(1, 1000) i"
ask "analyze orders"
totals="select placed, sum(amount) from orders group by placed order by placed"
large="select count(*) from orders where amount > 500"

# $1 settings, $2 a query: whether its run was compiled.
run() {
  if ask "$1; explain (analyze, timing off) $2" | grep -q '^JIT:'; then echo compiled; else echo "not compiled"; fi
}
known="as usual: not compiled, not compiled; turned off: compiled, compiled; with jit=off: not compiled"
seen="as usual: $(run "set jit to default" "$totals"), $(run "set jit to default" "$large")"
seen+="; turned off: $(run "set enable_sort=off; set enable_hashagg=off" "$totals"), $(run "set enable_seqscan=off" "$large")"
seen+="; with jit=off: $(run "set enable_seqscan=off; set jit=off" "$large")"
echo "expected: as usual: not compiled, not compiled; turned off: not compiled, not compiled; with jit=off: not compiled"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
