"""Reads a file with one of Python's libraries: python_readers.py READER FORMAT FILE; see reading.py for what is printed."""

import sys

from reading import put, shown

reader, form, path = sys.argv[1:]


def put_objects(objects):
    """Rows of NDJSON, all with the members of the first."""
    names = None
    for row in objects:
        if names is None:
            names = list(row)
            put(names)
        put(shown(row[name]) for name in names)


def first_names():
    """The members of the first row of NDJSON."""
    import gzip
    import json

    with (gzip.open if form == "jsonl.gz" else open)(path, "rb") as file:
        return list(json.loads(file.readline()))


def python():
    import csv
    import gzip
    import io
    import json
    import zipfile

    if form.startswith("jsonl"):
        return put_objects(map(json.loads, (gzip.open if form == "jsonl.gz" else open)(path, "rb")))
    if form == "zip":
        archive = zipfile.ZipFile(path)
        source = io.TextIOWrapper(archive.open(archive.namelist()[0]), "utf-8", newline="")
    else:
        source = (gzip.open if form == "csv.gz" else open)(path, "rt", encoding="utf-8", newline="")
    for row in csv.reader(source):
        put(row or [""])


def pandas():
    import pandas

    if form.startswith("jsonl"):
        frame = pandas.read_json(path, lines=True, dtype=False)
        # A column of numbers has NaN for null.
        return put_objects(frame.astype(object).where(frame.notna(), None).to_dict("records"))
    if form == "xlsx":
        frame = pandas.read_excel(path, engine="openpyxl", dtype=object, keep_default_na=False, header=None)
    else:
        frame = pandas.read_csv(path, dtype=str, keep_default_na=False, header=None, skip_blank_lines=False)
    for row in frame.itertuples(index=False):
        put(map(shown, row))


def polars():
    import polars

    if form.startswith("jsonl"):
        return put_objects(polars.read_ndjson(path, infer_schema_length=None).iter_rows(named=True))
    if form == "xlsx":
        frame = polars.read_excel(path, infer_schema_length=None, drop_empty_rows=False)
        put(frame.columns)
    else:
        frame = polars.read_csv(path, has_header=False, infer_schema=False)
    for row in frame.iter_rows():
        put(map(shown, row))


def pyarrow():
    import pyarrow
    import pyarrow.csv
    import pyarrow.json

    if form.startswith("jsonl"):
        # Without a schema texts that look like a time become one.
        schema = pyarrow.schema([(name, pyarrow.string()) for name in ("at", "day")])
        table = pyarrow.json.read_json(path, parse_options=pyarrow.json.ParseOptions(explicit_schema=schema))
        return put_objects(table.select(first_names()).to_pylist())
    names = pyarrow.csv.open_csv(path).schema.names
    table = pyarrow.csv.read_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(column_names=names),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: pyarrow.string() for name in names},
            null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False),
    )
    for row in zip(*(column.to_pylist() for column in table.columns)):
        put(row)


def duckdb():
    import duckdb

    if form.startswith("jsonl"):
        # Without types texts that look like a time become one.
        types = {name: "DOUBLE" if name == "amount" else "VARCHAR" for name in first_names()}
        relation = duckdb.read_json(path, format="newline_delimited", columns=types)
        return put_objects(dict(zip(relation.columns, row)) for row in relation.fetchall())
    relation = duckdb.read_csv(
        path, header=False, all_varchar=True, na_values="", delimiter=",", quotechar='"', escapechar='"',
        null_padding=False, allow_quoted_nulls=False)
    for row in relation.fetchall():
        put(row)


def openpyxl():
    import openpyxl

    for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True):
        put(map(shown, row))


def calamine():
    import python_calamine

    sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    for row in sheet.to_python(skip_empty_area=False):
        put(map(shown, row))


{
    "python": python, "pandas": pandas, "polars": polars, "pyarrow": pyarrow, "duckdb": duckdb, "openpyxl": openpyxl,
    "calamine": calamine,
}[reader]()
