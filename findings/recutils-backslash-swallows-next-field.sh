#!/usr/bin/env bash
# GNU recutils: csv2rec writes a text that ends in a backslash so that the next field becomes a part of it.
#
# Who is hit: whoever turns an export into a record file: folders (C:\reports\) and notes that end in a backslash. The
# amount beside them is gone, and its column with it.
# Software: recutils 1.9 (Debian 12: recutils 1.9-2).
# Expected: what csv2rec writes, rec2csv and recsel read as the same fields. In a record file a backslash at the end of
# a line continues the line, so such a value has to be written otherwise.
# Seen: csv2rec writes the backslash as it is; the following field is read as text of the one before. Exit status 0.
# Instead: add a character behind the backslash before the conversion, and look for it afterwards.
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
printf 'id,folder,amount\n1,C:\\reports\\,10.50\n2,C:\\reports,7.25\n' >"$work/files.csv"
"$tools/csv2rec" "$work/files.csv" >"$work/files.rec"
known='"1","C:\reportsamount: 10.50", "2","C:\reports","7.25"'
seen=$("$tools/rec2csv" "$work/files.rec" | sed 1d | paste -sd' ' | sed 's/,* "2"/, "2"/')
echo 'expected: "1","C:\reports\","10.50", "2","C:\reports","7.25"'
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
