#!/usr/bin/env bash
# Weka: a name with an apostrophe in a CSV file is cut there, and the rest of its record is missing values.
#
# Who is hit: whoever loads customers or places into Weka: O'Brien, D'Arcy, L'Aquila. Their amounts are gone.
# Software: Weka 3.6.14 (Debian 12: weka 3.6.14-3).
# Expected: only the quotation mark encloses fields in CSV (RFC 4180); an apostrophe is a letter as others are. Or an
# error, as Weka raises it for a record with too few fields.
# Seen: the apostrophe opens a text that ends with the line; name and amount of that record are O and missing. No error,
# no warning.
# Instead: replace apostrophes when exporting, or write ARFF.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  weka=3.6.14-3
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

command -v java >/dev/null || not_run "java is not installed"
printf "id,name,amount\n1,O'Brien,10.5\n2,Miller,7\n" >"$work/customers.csv"
java=$work/root/usr/share/java
known="1,O,? 2,Miller,7"
seen=$(java -cp "$java/weka.jar:$(find "$java" /usr/share/java -name '*cup*runtime*.jar' | paste -sd:)" \
  weka.core.converters.CSVLoader "$work/customers.csv" 2>"$work/error" | grep '^[0-9]' | paste -sd' ') ||
  not_run "Weka fails here: $(tail -1 "$work/error")"
echo "expected: 1,O'Brien,10.5 2,Miller,7 (in ARFF's own quoting)"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
