"""How a program of this folder says what it has read: a line for each row, the header first; for each cell its UTF-8 bytes in
hexadecimal behind a plus sign, or a minus sign alone for NULL."""

import datetime
import sys


def put(row):
    cells = ("-" if cell is None else "+" + cell.encode("utf-8", "surrogatepass").hex() for cell in row)
    sys.stdout.write(" ".join(cells) + "\n")


def shown(value):
    """A cell of a workbook as text: numbers without what their type adds, times to the second."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        # Some give dates as times.
        value = value.date()
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, datetime.date):
        return value.strftime("%Y-%m-%d")
    return str(value)
