#!/usr/bin/env bash
# Polars: read_excel turns a value that differs from the first 1,000 rows into null or into another number.
#
# Who is hit: whoever loads a workbook in which one cell of a column is a text: a date before 1900, a number of more
# than 15 digits, one code with a letter.
# Software: Polars 2.1.0 with fastexcel 0.21.0.
# Expected: an error, or a column of texts; "infer_schema_length" sounds like the schema, after which a value that does
# not fit is refused, as read_csv does.
# Seen: the text 1890-05-06 in a column of dates is null, the text A-17 among numbers is null, and the text
# 12345678901234567 in a column of integers is 12345678901234568. No warning.
# Instead: infer_schema_length=None, or schema_overrides to String for such columns.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  polars==2.1.0 polars-runtime-32==2.1.0 fastexcel==0.21.0 XlsxWriter==3.2.9 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

cat >"$work/read.py" <<'PYTHON'
import datetime
import sys

import polars
import xlsxwriter

LATE = 2500
with xlsxwriter.Workbook(sys.argv[1]) as book:
    sheet, date = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["day", "number", "code"])
    for row in range(1, LATE):
        sheet.write_datetime(row, 0, datetime.datetime(2026, 5, 7), date)
        sheet.write_number(row, 1, row)
        sheet.write_number(row, 2, row)
    for column, text in enumerate(["1890-05-06", "12345678901234567", "A-17"]):
        sheet.write_string(LATE, column, text)
print(*polars.read_excel(sys.argv[1]).row(LATE - 1))
PYTHON
known="None 12345678901234568 None"
seen=$(python3 "$work/read.py" "$work/book.xlsx")
echo "expected: 1890-05-06 12345678901234567 A-17, or an error"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
