"""Compares the workbooks of a folder with the rows that were written into them (NAME.xlsx beside NAME.rows).

    compare.py FOLDER               as Penstock wrote them
    compare.py FOLDER PROGRAM       as another program saved them again: what it has understood of their cells
"""

import datetime
import json
import math
import pathlib
import re
import sys
import xml.parsers.expat
import zipfile

import openpyxl
import python_calamine


def escaped(text):
    """The text as it stands in the XML, for readers that leave `_xHHHH_` as it is."""
    text = re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    return re.sub("[\x00-\x08\x0b-\x1f\ufffe\uffff]", lambda match: "_x%04X_" % ord(match[0]), text)


def same_text(read, wanted):
    # openpyxl leaves escapes in inline strings, and takes the one for the underscore out of shared ones. calamine leaves
    # those of the two characters that are none.
    noncharacters = wanted.replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_")
    return read in (wanted, escaped(wanted), escaped(wanted).replace("x005F_", ""), noncharacters)


def same(read, wanted):
    if isinstance(wanted, dict):
        if "date" in wanted:
            day = datetime.date.fromisoformat(wanted["date"])
            return read == day or read == datetime.datetime.combine(day, datetime.time())
        when = datetime.datetime.fromisoformat(wanted["datetime"])
        if isinstance(read, datetime.date) and not isinstance(read, datetime.datetime):
            read = datetime.datetime.combine(read, datetime.time())
        return isinstance(read, datetime.datetime) and abs(read - when) < datetime.timedelta(milliseconds=1)
    if isinstance(wanted, bool):
        return read is wanted
    if isinstance(wanted, (int, float)):
        return not isinstance(read, bool) and isinstance(read, (int, float)) and read == wanted
    if wanted is None or wanted == "":
        return read is None or read == ""
    return isinstance(read, str) and same_text(read, wanted)


def openpyxl_rows(path):
    book = openpyxl.load_workbook(path)
    for sheet in book:
        assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref, f"{path}: {sheet.title}: frozen, filtered"
        assert not any(cell.data_type == "f" for row in sheet for cell in row), f"{path}: a formula"
        assert all(cell.font.b for cell in sheet[1]), f"{path}: a header that is not bold"
        assert sheet.print_title_rows == "$1:$1", f"{path}: {sheet.title}: a header that is not repeated in print"
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, str):
                    assert bool(cell.alignment.wrap_text) == ("\n" in cell.value), f"{path}: {cell.coordinate}: wraps"
                if isinstance(cell.value, str) and cell.value[:1] in ("=", "+", "-", "@") and cell.column in (2, 6, 8):
                    assert cell.quotePrefix, f"{path}: {cell.coordinate}"
            yield [cell.value for cell in row]


def openpyxl_streamed_rows(path):
    book = openpyxl.load_workbook(path, read_only=True)
    for sheet in book:
        rows = sheet.iter_rows(values_only=True)
        width = len(next(rows))
        for row in rows:
            assert len(row) == width, f"{path}: {sheet.title}: a row of {len(row)} cells, the header has {width}"
            yield list(row)


def calamine_rows(path):
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        # Without the header. Rows of empty cells at a sheet's end are not there.
        yield from book.get_sheet_by_name(name).to_python(skip_empty_area=False)[1:]


def compare(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for member in archive.namelist():
            xml.parsers.expat.ParserCreate().Parse(archive.read(member), True)
    wanted = [json.loads(line) for line in path.with_suffix(".rows").read_text("utf-8").split("\n") if line]
    for reader in (openpyxl_rows, openpyxl_streamed_rows, calamine_rows):
        read = list(reader(path))
        assert len(read) == len(wanted), f"{path}: {reader.__name__}: {len(read)} rows, {len(wanted)} were written"
        for number, (cells, values) in enumerate(zip(read, wanted)):
            cells = list(cells) + [None] * (len(values) - len(cells))
            for column, (cell, value) in enumerate(zip(cells, values)):
                assert same(cell, value), (
                    f"{path}: {reader.__name__}: row {number}, column {column}: {cell!r}, written was {value!r}"
                )
    return len(wanted)


def plain(text):
    """A text without escapes, be they taken for text and escaped again; LibreOffice ends lines its way, Gnumeric drops DEL."""
    while (shorter := re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)) != text:
        text = shorter
    return re.sub("[\x7f\r\n]", "", text)


def same_saved(read, wanted):
    if isinstance(read, str) and isinstance(wanted, str):
        if "\ufffe" in wanted or "\uffff" in wanted:
            # LibreOffice reads and writes escapes that follow each other in ways of its own.
            read, wanted = (re.sub("[\x00-\x1f\ufffe\uffff_x0-9A-Fa-f]", "", plain(text)) for text in (read, wanted))
        return plain(read) == plain(wanted)
    if isinstance(read, (int, float)) and not isinstance(read, bool) and isinstance(wanted, float):
        # LibreOffice saves fifteen digits, Gnumeric large ones as whole numbers.
        return math.isclose(read, wanted, rel_tol=1e-14)
    return same(read, wanted)


def saved_rows(path):
    book = openpyxl.load_workbook(path)
    # LibreOffice saves a boolean as a formula of its own.
    booleans = {"=TRUE()": True, "=FALSE()": False}
    for sheet in book:
        for cell in (cell for row in sheet for cell in row):
            assert cell.data_type != "f" or cell.value in booleans, f"{path}: a formula, {cell.value}"
        rows = [
            [booleans[cell.value] if cell.data_type == "f" else cell.value for cell in row]
            for row in sheet.iter_rows(min_row=2)
        ]
        # Some programs write empty rows that they have formatted.
        while rows and not any(value not in (None, "") for value in rows[-1]):
            rows.pop()
        yield rows


def compare_saved(path, program):
    wanted = [json.loads(line) for line in path.with_suffix(".rows").read_text("utf-8").split("\n") if line]
    read = 0
    for rows in saved_rows(path):
        for cells in rows:
            # Rows of nothing are not told from the rows that a sheet does not have.
            while all(value in (None, "") for value in wanted[read]) and any(value not in (None, "") for value in cells):
                read += 1
            values = wanted[read]
            cells = list(cells) + [None] * (len(values) - len(cells))
            for column, (cell, value) in enumerate(zip(cells, values)):
                assert same_saved(cell, value), (
                    f"{path}: {program}: row {read}, column {column}: {cell!r}, written was {value!r}"
                )
            read += 1
    assert not any(value not in (None, "") for values in wanted[read:] for value in values), f"{path}: rows are missing"
    return read


books = sorted(pathlib.Path(sys.argv[1]).glob("*.xlsx"))
assert books, "no workbooks"
if len(sys.argv) > 2:
    rows = sum(compare_saved(book, sys.argv[2]) for book in books)
    print(f"readers: {len(books)} workbooks, {rows} rows: {sys.argv[2]} understood what was written")
    sys.exit()
rows = sum(compare(book) for book in books)
print(f"readers: {len(books)} workbooks, {rows} rows: openpyxl {openpyxl.__version__} and calamine read what was written")
