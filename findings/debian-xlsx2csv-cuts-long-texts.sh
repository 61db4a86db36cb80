#!/usr/bin/env bash
# xlsx2csv of Debian 12: a text of 20,000 characters in a cell comes out as its last few thousand.
#
# Who is hit: whoever converts workbooks with long notes, contracts or JSON in a cell, written by openpyxl or by any
# program that stores the text in the cell.
# Software: xlsx2csv 0.7.8 (Debian 12: xlsx2csv 1:0.7.8-1), openpyxl 3.1.5.
# Expected: the text, or an error. A cell may hold 32,767 characters.
# Seen: the XML parser hands long text over in pieces of some thousand characters, and each piece replaces the one
# before; only the last piece is in the CSV. Exit status 0. Shorter texts are right, so the first test file is.
# Instead: a later xlsx2csv from PyPI, or shared strings.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  openpyxl==3.1.5 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  xlsx2csv=1:0.7.8-1
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

cat >"$work/write.py" <<'PYTHON'
import sys

import openpyxl

book = openpyxl.Workbook()
book.active.append(["short", "".join(f"{word:05d}" for word in range(4000))])
book.save(sys.argv[1])
PYTHON
python3 "$work/write.py" "$work/book.xlsx"
python3 "$work/root/usr/bin/xlsx2csv" "$work/book.xlsx" "$work/book.csv"
known="fewer, and they are the last ones"
text=$(cut -d, -f2 "$work/book.csv")
whole=$(seq -f %05.0f 0 3999 | tr -d '\n')
seen="all 20000 characters"
if [ "$text" != "$whole" ]; then
  seen="other characters"
  if [[ -n $text && $whole == *"$text" ]]; then seen=$known; fi
fi
echo "expected: all 20000 characters"
echo "seen: $seen (${#text})"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
