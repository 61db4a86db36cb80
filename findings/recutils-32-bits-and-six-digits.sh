#!/usr/bin/env bash
# GNU recutils: a sum has six digits, and a number above 2147483647 is not greater than 6.
#
# Who is hit: whoever asks a record file made from an export for totals, or for all orders above a number.
# Software: recutils 1.9 (Debian 12: recutils 1.9-2).
# Expected: 1234567.89 and 0.11 are 1234568 to the cent, or an error when they cannot be; 3000000000 > 6 is true.
# Seen: Sum() prints six significant digits, 1.23457e+06. The selection compares integers of 32 bits, and the record
# with the large number is not found. Nothing is said. With a decimal point (3000000000.0) it is found.
# Instead: rec2csv, and a tool that counts (sqlite3, awk with a printf of its own).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  recutils=1.9-2
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

tools=$work/root/usr/bin
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
printf 'number: 5\namount: 1234567.89\n\nnumber: 3000000000\namount: 0.11\n\nnumber: 70\n' >"$work/orders.rec"
printf 'number: 5\n\nnumber: 3000000000.0\n' >"$work/points.rec"
sum=$("$tools/recsel" -P 'Sum(amount)' "$work/orders.rec")
above=$("$tools/recsel" -e 'number > 6' -C -P number "$work/orders.rec" | paste -sd' ')
point=$("$tools/recsel" -e 'number > 6' -C -P number "$work/points.rec" | paste -sd' ')
known="sum 1.23457e+06, above 6: 70, with a point: 3000000000.0"
seen="sum $sum, above 6: $above, with a point: $point"
echo "expected: sum 1234568 (or 1234568.00), above 6: 3000000000 70, with a point: 3000000000.0"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
