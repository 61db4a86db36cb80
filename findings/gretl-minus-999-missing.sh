#!/usr/bin/env bash
# gretl: a balance of -999 or -9999 in a CSV file is read as a missing value, while -999.00 is a number.
#
# Who is hit: an analyst who opens an exported report with whole amounts, temperatures or stock differences.
# Software: gretl 2022c (Debian 12: gretl 2022c-1).
# Expected: a number in a column of numbers is that number, however it looks. An empty field is what is missing.
# Seen: -999 and -9999 are missing values, without a warning; sums and means leave them out. It depends on the digits
# that are written: the same number with two decimals is kept, so one column of one report may be whole and its
# neighbour not.
# Instead: export such columns with decimals (cast to numeric(20,2)), or compare the number of observations.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  gretl=2022c-1
  gretl-common=2022c-1
  libgretl1=2022c-1
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

cat >"$work/balances.csv" <<CSV
account,whole,cents
101,10,10.00
102,-999,-999.00
103,-9999,-9999.00
104,-998,-998.00
CSV
cat >"$work/read.inp" <<GRETL
set echo off
set messages off
open $work/balances.csv --quiet
printf "whole n=%d sum=%g\n", nobs(whole), sum(whole)
printf "cents n=%d sum=%g\n", nobs(cents), sum(cents)
GRETL
mkdir "$work/home"
answer=$(HOME=$work/home GRETL_HOME=$work/root/usr/share/gretl \
  LD_LIBRARY_PATH=$work/root/usr/lib:$work/root/usr/lib/x86_64-linux-gnu \
  "$work/root/usr/bin/gretlcli" --batch --quiet "$work/read.inp" 2>&1) || not_run "gretlcli fails here: $answer"

known="whole n=2 sum=-988; cents n=4 sum=-11986"
seen=$(grep -E '^(whole|cents) n=' <<<"$answer" | paste -sd';' | sed 's/;/; /')
echo "expected: whole n=4 sum=-11986; cents n=4 sum=-11986"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
