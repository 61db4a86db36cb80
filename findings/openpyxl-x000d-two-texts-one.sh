#!/usr/bin/env bash
# openpyxl: a line break and the seven characters _x000D_ are read from a shared string as the same text.
#
# Who is hit: whoever reads notes that people typed in browsers and forms (carriage return and line feed), and product
# texts with an underscore code in them; with openpyxl also pandas.read_excel.
# Software: openpyxl 3.1.5, XlsxWriter 3.2.9.
# Expected: _xHHHH_ in a string stands for a character and _x005F_ for its underscore (ECMA-376), both ways decoded or
# neither, so two different cells stay different.
# Seen: openpyxl leaves _x000D_ alone but removes the letters x005F_ wherever they stand. A carriage return becomes the
# seven characters that stand for it, the seven characters stay what they are, and a text that holds x005F_ loses it.
# Instead: read with python-calamine, which decodes all three.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  openpyxl==3.1.5 XlsxWriter==3.2.9 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

cat >"$work/read.py" <<'PYTHON'
import sys

import openpyxl
import xlsxwriter

texts = ["one\rtwo", "one_x000D_two", "kit_x005F_7"]
with xlsxwriter.Workbook(sys.argv[1]) as book:
    book.add_worksheet().write_row(0, 0, texts)
read = next(openpyxl.load_workbook(sys.argv[1]).active.iter_rows(values_only=True))
print(" ".join(read))
PYTHON
known="one_x000D_two one_x000D_two kit_7"
seen=$(python3 "$work/read.py" "$work/book.xlsx")
echo "expected: one\\rtwo one_x000D_two kit_x005F_7"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
