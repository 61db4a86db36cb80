#!/usr/bin/env bash
# Perl DBD::CSV: ORDER BY a column that is not in the select list does nothing, and LIMIT then returns the wrong rows.
#
# Who is hit: whoever asks an exported CSV for "the ids of the ten largest invoices" by SQL from Perl.
# Software: DBD::CSV 0.60 with SQL::Statement 1.414 (Debian 12: libdbd-csv-perl 0.6000-1+deb12u1).
# Expected: rows in the order that ORDER BY asks for, as in any SQL database, or an error that says it cannot.
# Seen: the file's own order, no error and no warning. The same statement is right once the column is also selected.
# Instead: select every column that ORDER BY names, and drop it afterwards.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  libdbd-csv-perl=0.6000-1+deb12u1
  libdbi-perl=1.643-4+deb12u3
  libsql-statement-perl=1.414-1
  libtext-csv-xs-perl=1.49-1+deb12u1
  libparams-util-perl=1.102-2+b1
  libclone-perl=0.46-1
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

printf 'invoice,amount\n1,10.50\n2,99.00\n3,7.25\n4,250.00\n' >"$work/invoices.csv"
cat >"$work/ask.pl" <<'PERL'
use strict;
use warnings;
use DBI;
my $db = DBI->connect("dbi:CSV:", undef, undef, {f_dir => $ARGV[0], f_ext => ".csv/r", RaiseError => 1});
my $answer = $db->selectcol_arrayref($ARGV[1]);
print join(" ", @$answer), "\n";
PERL
export PERL5LIB=$work/root/usr/share/perl5:$work/root/usr/lib/x86_64-linux-gnu/perl5/5.36
ask() { perl "$work/ask.pl" "$work" "$1"; }

alone=$(ask "SELECT invoice FROM invoices ORDER BY amount DESC")
top=$(ask "SELECT invoice FROM invoices ORDER BY amount DESC LIMIT 2")
both=$(ask "SELECT invoice, amount FROM invoices ORDER BY amount DESC")

known="order 1 2 3 4, first two 1 2, with the column selected 4 2 1 3"
seen="order $alone, first two $top, with the column selected $both"
echo "expected: order 4 2 1 3, first two 4 2, with the column selected 4 2 1 3"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
