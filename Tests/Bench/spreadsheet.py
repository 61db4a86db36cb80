"""Writes a workbook from CSV on standard input with XlsxWriter (constant_memory) or openpyxl (write-only), typed.

    psql -c "copy (…) to stdout csv header" | spreadsheet.py xlsxwriter|openpyxl KINDS FILE

KINDS: a letter a column: n number, t text, d timestamp, b boolean.
"""

import csv
import sys
from datetime import datetime

ROWS_PER_SHEET = 1048575
CONVERT = {
    "n": float,
    "t": str,
    "b": lambda text: text == "t",
    "d": lambda text: datetime.fromisoformat(text[:19]),
}


def rows(kinds):
    """The header, then each row as typed values; an empty field is NULL."""
    reader = csv.reader(sys.stdin)
    yield next(reader)
    converters = [CONVERT[kind] for kind in kinds]
    for row in reader:
        yield [None if text == "" else convert(text) for convert, text in zip(converters, row)]


def with_xlsxwriter(kinds, path):
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"})
    source = rows(kinds)
    header = next(source)
    number, sheet = ROWS_PER_SHEET, None
    for row in source:
        if number == ROWS_PER_SHEET:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, header)
            number = 0
        number += 1
        sheet.write_row(number, 0, row)
    book.close()


def with_openpyxl(kinds, path):
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    source = rows(kinds)
    header = next(source)
    number, sheet = ROWS_PER_SHEET, None
    for row in source:
        if number == ROWS_PER_SHEET:
            sheet = book.create_sheet()
            sheet.append(header)
            number = 0
        number += 1
        sheet.append(row)
    book.save(path)


if __name__ == "__main__":
    {"xlsxwriter": with_xlsxwriter, "openpyxl": with_openpyxl}[sys.argv[1]](sys.argv[2], sys.argv[3])
