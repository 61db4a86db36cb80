#!/usr/bin/env bash
# pylightxl: every text of a workbook that openpyxl wrote is read as an empty text; the numbers are there.
#
# Who is hit: two Python libraries of one trade: a report written by openpyxl (also pandas' default writer) and read by
# pylightxl on a small machine, for which it is made, has numbers without names.
# Software: pylightxl 1.61, openpyxl 3.1.5.
# Expected: a cell of type inlineStr holds its text in the cell itself; it is in the first edition of the format and in
# every file of openpyxl 3.1, and Excel reads it. A reader that does not know it raises an error.
# Seen: '' for each of them, header included, without an error.
# Instead: write with shared strings (XlsxWriter's default), or read with openpyxl or python-calamine.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  pylightxl==1.61 openpyxl==3.1.5 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

cat >"$work/read.py" <<'PYTHON'
import sys

import openpyxl
import pylightxl

path = sys.argv[1]
book = openpyxl.Workbook()
book.active.append(["name", "amount"])
book.active.append(["bolt", 10.5])
book.save(path)
print([row for row in pylightxl.readxl(path).ws("Sheet").rows])
PYTHON
known="[['', ''], ['', 10.5]]"
seen=$(python3 "$work/read.py" "$work/book.xlsx")
echo "expected: [['name', 'amount'], ['bolt', 10.5]]"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
