#!/usr/bin/env bash
# textql: SELECT * changes article codes: 00123 comes out as 123, 1e5 as 100000 and 12E3 as 12000.
#
# Who is hit: whoever filters or joins an exported CSV with textql and hands the result on.
# Software: textql 2.0.3 (Debian 12: textql 2.0.3-5+b5).
# Expected: a field that is not computed with comes out as it went in, above all when the column also holds codes that
# are no numbers at all.
# Seen: each field that looks like a number is stored as one, field by field, so one column holds texts and numbers side
# by side. Codes, account numbers and postal codes are changed without a word, and a join on them finds nothing.
# Instead: a tool that leaves fields alone unless asked (csvkit with -I, or sqlite3 with .import).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  textql=2.0.3-5+b5
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

printf 'id,code\n1,00123\n2,1e5\n3,12E3\n4,A-17\n' >"$work/articles.csv"
known="123 100000 12000 A-17"
query='select code from articles order by id'
seen=$("$work/root/usr/bin/textql" -header -sql "$query" "$work/articles.csv" | paste -sd' ')
echo "expected: 00123 1e5 12E3 A-17"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
