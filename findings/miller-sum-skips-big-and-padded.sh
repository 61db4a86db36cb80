#!/usr/bin/env bash
# Miller: a sum leaves out integers above 9223372036854775807 and numbers with leading zeros, without a word.
#
# Who is hit: whoever adds up amounts in smallest units (10 ether are 10000000000000000000 wei) or the zero-padded
# fields of older systems.
# Software: Miller 6.6.0 (Debian 12: miller 6.6.0-2+b3).
# Expected: an integer that needs more than 64 bits is a float, as 1e19 is, and 007 is 7; or the result is (error), as
# that of + is for the same fields.
# Seen: both are texts. stats1 -a sum counts them in and adds nothing for them. Only an expression ($amount + 0) gives
# (error).
# Instead: convert first: put '$amount = float($amount)'.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  miller=6.6.0-2+b3
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

miller=$work/root/usr/bin/mlr
printf 'amount\n5\n10000000000000000000\n007\n' >"$work/amounts.csv"
figures() { "$miller" --icsv --onidx "$@" then stats1 -a count,sum -f amount "$work/amounts.csv"; }
known="as they are: 3 5, as floats: 3 10000000000000000000"
seen="as they are: $(figures cat), as floats: $(figures put '$amount = float($amount)')"
echo "expected: as they are: 3 10000000000000000000 (to 16 digits)"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
