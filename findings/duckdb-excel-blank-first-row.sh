#!/usr/bin/env bash
# DuckDB's excel extension: a column whose first cell is empty is a number, so its dates are 46149.0.
#
# Who is hit: whoever loads a workbook in which the first record has no end date, no remark, no discount.
# Software: DuckDB 1.5.5 with duckdb-extension-excel 1.5.5, XlsxWriter 3.2.9.
# Expected: the types are found in more than one row, as read_csv of the same program does with 20,480 by default.
# Seen: they are found in the first data row alone, and an empty cell makes its column DOUBLE. Dates below come as the
# serial numbers of the workbook, without a warning; a text below it ends the query.
# Instead: put a complete record first, or all_varchar = true and a conversion of the serial numbers.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  duckdb==1.5.5 duckdb-extension-excel==1.5.5 XlsxWriter==3.2.9 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

cat >"$work/read.py" <<'PYTHON'
import datetime
import pathlib
import sys

import duckdb
import duckdb_extension_excel as extension
import xlsxwriter

def ends(path: str, dates: list) -> str:
    with xlsxwriter.Workbook(path) as book:
        sheet, form = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["id", "ends"])
        for row, date in enumerate(dates, 1):
            sheet.write_number(row, 0, row)
            if date:
                sheet.write_datetime(row, 1, date, form)
    return " ".join(str(value) for (value,) in connection.execute(f"select ends from read_xlsx('{path}')").fetchall())

library = next(pathlib.Path(extension.__file__).parent.rglob("excel.duckdb_extension"))
connection = duckdb.connect()
connection.execute(f"load '{library}'")
date = datetime.date(2026, 5, 7)
print("empty first:", ends(sys.argv[1], [None, date]), "- empty last:", ends(sys.argv[1], [date, None]))
PYTHON
known="empty first: None 46149.0 - empty last: 2026-05-07 None"
seen=$(python3 "$work/read.py" "$work/book.xlsx")
echo "expected: empty first: None 2026-05-07 - empty last: 2026-05-07 None"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
