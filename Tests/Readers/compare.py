"""Compares the workbooks of a folder with the rows that were written into them (NAME.xlsx beside NAME.rows)."""

import datetime
import json
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
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, str) and cell.value[:1] in ("=", "+", "-", "@") and cell.column in (2, 6, 8):
                    assert cell.quotePrefix, f"{path}: {cell.coordinate}"
            yield [cell.value for cell in row]


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
    for reader in (openpyxl_rows, calamine_rows):
        read = list(reader(path))
        assert len(read) == len(wanted), f"{path}: {reader.__name__}: {len(read)} rows, {len(wanted)} were written"
        for number, (cells, values) in enumerate(zip(read, wanted)):
            cells = list(cells) + [None] * (len(values) - len(cells))
            for column, (cell, value) in enumerate(zip(cells, values)):
                assert same(cell, value), (
                    f"{path}: {reader.__name__}: row {number}, column {column}: {cell!r}, written was {value!r}"
                )
    return len(wanted)


books = sorted(pathlib.Path(sys.argv[1]).glob("*.xlsx"))
assert books, "no workbooks"
rows = sum(compare(book) for book in books)
print(f"readers: {len(books)} workbooks, {rows} rows: openpyxl {openpyxl.__version__} and calamine read what was written")
