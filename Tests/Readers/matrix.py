"""Reads Penstock's files with other people's programs and compares what they saw with what the database has.

    matrix.py --held FOLDER         those readers that the tests rely on; one that is missing is a failure
    matrix.py FOLDER                all that are installed
    matrix.py --markdown FOLDER     all, as the table of docs/readers.md

FOLDER holds NAME.csv, NAME.csv.gz, NAME.zip, NAME.xlsx, NAME.jsonl and NAME.jsonl.gz for some names, and NAME.csv.expected,
NAME.xlsx.expected and NAME.jsonl.expected beside them: the cells that a reader must see, in the form that programs/reading.py
tells. psql reads into the database READERS_DATABASE.
"""

import argparse
import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys

here = pathlib.Path(__file__).parent
programs = here / "programs"


class Reader:
    """One way to read files. `form` is what a file's name ends with: csv, csv.gz, zip, xlsx, jsonl or jsonl.gz."""

    def __init__(self, name, language, command, forms, version, held=False, nulls=(), unpacks=False, breaks=True):
        self.name, self.language, self.command, self.version, self.held = name, language, command, version, held
        self.forms = forms.split()
        # In which forms it tells NULL from the empty string.
        self.nulls = nulls
        # Whether all that it does is to write a compressed file's bytes as they were.
        self.unpacks = unpacks
        # Whether it leaves CR LF and CR in a text; else they are LF.
        self.breaks = breaks

    @property
    def is_installed(self):
        return shutil.which(self.command[0]) is not None and self.seen_version() is not None

    def seen_version(self):
        """What it calls itself; None where it is not."""
        try:
            run = subprocess.run(self.version, capture_output=True, text=True)
        except FileNotFoundError:
            return None
        lines = [line for line in (run.stdout + run.stderr).split("\n") if line.strip()]
        return lines[0].strip() if run.returncode == 0 and lines else None

    def read(self, form, path):
        form = [] if self.unpacks else [form]
        return subprocess.run(self.command + form + [str(path)], capture_output=True, timeout=600)


def python(name, shown, package, forms, **more):
    version = [sys.executable, "-c", f"import importlib.metadata as m; print(m.version('{package}'))"]
    if name == "python":
        version = [sys.executable, "-c", "import platform; print(platform.python_version())"]
    return Reader(shown, "Python", [sys.executable, str(programs / "python_readers.py"), name], forms, version, **more)


def debian(package):
    return ["dpkg-query", "-W", "-f=${Version}", package]


def script(shown, language, interpreter, file, name, forms, version, **more):
    return Reader(shown, language, [interpreter, str(programs / file), name], forms, version, **more)


readers = [
    python("python", "csv, json, gzip, zipfile", "", "csv csv.gz zip jsonl jsonl.gz", held=True, nulls=("jsonl", "jsonl.gz")),
    python("pandas", "pandas", "pandas", "csv csv.gz xlsx jsonl jsonl.gz", held=True, nulls=("jsonl", "jsonl.gz")),
    python("polars", "polars", "polars", "csv csv.gz xlsx jsonl jsonl.gz", held=True,
           nulls=("csv", "csv.gz", "xlsx", "jsonl", "jsonl.gz")),
    python("pyarrow", "pyarrow", "pyarrow", "csv csv.gz jsonl jsonl.gz", held=True,
           nulls=("csv", "csv.gz", "jsonl", "jsonl.gz")),
    python("duckdb", "DuckDB", "duckdb", "csv csv.gz jsonl jsonl.gz", held=True,
           nulls=("csv", "csv.gz", "jsonl", "jsonl.gz")),
    python("openpyxl", "openpyxl", "openpyxl", "xlsx", held=True, nulls=("xlsx",)),
    python("calamine", "calamine", "python-calamine", "xlsx", held=True),
    script("csv, zlib", "Ruby", "ruby", "ruby_readers.rb", "csv", "csv csv.gz", ["ruby", "-e", "puts RUBY_VERSION"],
           held=True, nulls=("csv", "csv.gz")),
    script("roo", "Ruby", "ruby", "ruby_readers.rb", "roo", "xlsx", debian("ruby-roo"), held=True),
    script("fgetcsv, gzdecode", "PHP", "php", "php_csv.php", "csv", "csv csv.gz", ["php", "-r", "echo PHP_VERSION;"],
           held=True),
    script("Text::CSV_XS, IO::Uncompress::Gunzip", "Perl", "perl", "perl_readers.pl", "csv", "csv csv.gz",
           debian("libtext-csv-xs-perl"), held=True, nulls=("csv", "csv.gz")),
    script("Spreadsheet::ParseXLSX", "Perl", "perl", "perl_readers.pl", "parsexlsx", "xlsx",
           debian("libspreadsheet-parsexlsx-perl"), held=True),
    script("tcllib csv, zlib", "Tcl", "tclsh", "tcl_csv.tcl", "csv", "csv csv.gz", debian("tcllib"), held=True),
    script("sqlite3 .import", "C", "bash", "sqlite_csv.sh", "csv", "csv csv.gz", ["sqlite3", "--version"], held=True),
    script("psql \\copy", "C", "bash", "postgresql_copy.sh", "csv", "csv csv.gz", ["psql", "--version"], held=True,
           nulls=("csv", "csv.gz")),
    script("LibreOffice", "C++", "bash", "office.sh", "libreoffice", "csv csv.gz xlsx", ["soffice", "--version"],
           breaks=False),
    script("Gnumeric", "C", "bash", "office.sh", "gnumeric", "csv xlsx", debian("gnumeric")),
    Reader("GZIPInputStream", "Java", ["java", str(programs / "Gunzip.java")], "csv.gz", ["java", "--version"], unpacks=True),
    script("zlib.gunzipSync", "JavaScript", "node", "gunzip.mjs", "zlib", "csv.gz", ["node", "--version"], unpacks=True),
    script("DecompressionStream", "JavaScript", "node", "gunzip.mjs", "stream", "csv.gz", ["node", "--version"], unpacks=True),
    Reader("gzip", "C", ["gzip", "-dc"], "csv.gz", ["gzip", "--version"], unpacks=True),
    Reader("busybox gunzip", "C", ["busybox", "zcat"], "csv.gz", debian("busybox"), unpacks=True),
    Reader("7z", "C++", ["7z", "x", "-so", "-bd"], "csv.gz", ["7z", "i"], unpacks=True),
    Reader("bsdcat", "C", ["bsdcat"], "csv.gz", ["bsdcat", "--version"], unpacks=True),
    Reader("zlib, one member", "Python",
           [sys.executable, "-c", "import sys,zlib; d=zlib.decompressobj(31); sys.stdout.buffer.write(d.decompress(open(sys.argv[1],'rb').read()))"],
           "csv.gz", [sys.executable, "-c", "import zlib; print(zlib.ZLIB_RUNTIME_VERSION)"], unpacks=True),
]


def merged(lines):
    """NULL as the empty string."""
    return [" ".join("+" if cell == "-" else cell for cell in line.split(" ")) for line in lines]


def with_plain_breaks(lines):
    def cell(text):
        if len(text) < 2:
            return text
        return "+" + bytes.fromhex(text[1:]).replace(b"\r\n", b"\n").replace(b"\r", b"\n").hex()

    return [" ".join(map(cell, line.split(" "))) for line in lines]


def difference(read, wanted):
    if len(read) != len(wanted):
        return f"{len(read) - 1} rows of {len(wanted) - 1}"

    def plain(cell):
        return "NULL" if cell == "-" else repr(bytes.fromhex(cell[1:]).decode("utf-8", "replace"))[:80]

    for number, (left, right) in enumerate(zip(read, wanted)):
        left, right = left.split(" "), right.split(" ")
        if len(left) != len(right):
            return f"row {number}: {len(left)} cells of {len(right)}"
        for column, (cell, value) in enumerate(zip(left, right)):
            if cell != value:
                return f"row {number}, column {column}: {plain(cell)} is {plain(value)} in the database"
    return None


def verdict(reader, form, path):
    """None when the reader saw what the database has, else what it saw."""
    name = path.name[: -len(form) - 1]
    kind = form.split(".")[0] if form.startswith(("xlsx", "jsonl")) else "csv"
    wanted = (path.parent / f"{name}.{kind}.expected").read_text().splitlines()
    run = reader.read(form, path)
    if run.returncode != 0:
        return (run.stderr.decode("utf-8", "replace").strip().split("\n") or ["failed"])[-1]
    if reader.unpacks:
        plain = path.with_name(f"{name}.csv").read_bytes()
        return None if run.stdout == plain else f"{len(run.stdout)} bytes of {len(plain)}"
    read = run.stdout.decode().splitlines()
    if form not in reader.nulls:
        read, wanted = merged(read), merged(wanted)
    if not reader.breaks:
        read, wanted = with_plain_breaks(read), with_plain_breaks(wanted)
    return difference(read, wanted)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--held", action="store_true")
    arguments.add_argument("--markdown", action="store_true")
    arguments.add_argument("folder", type=pathlib.Path)
    arguments = arguments.parse_args()
    chosen = [reader for reader in readers if reader.held or not arguments.held]
    missing = [reader for reader in chosen if not reader.is_installed]
    jobs = {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for reader in chosen:
            for form in reader.forms if reader not in missing else []:
                for path in sorted(arguments.folder.glob(f"*.{form}")):
                    jobs[reader, form, path] = pool.submit(verdict, reader, form, path)
    failures = [f"{reader.language}: {reader.name} is not installed" for reader in missing if reader.held]
    others = []
    for (reader, form, path), job in jobs.items():
        if found := job.result():
            (failures if reader.held else others).append(f"{reader.language}: {reader.name}: {path.name}: {found}")
    if arguments.markdown:
        print_table([reader for reader in chosen if reader not in missing], jobs)
    for failure in failures + others:
        print(failure, file=sys.stderr)
    languages = {reader.language for reader in chosen if reader not in missing}
    print(f"readers: {len(chosen) - len(missing)} in {len(languages)} languages read {len(jobs)} files, {len(failures)} failures",
          file=sys.stderr)
    sys.exit(1 if failures else 0)


def print_table(chosen, jobs):
    forms = ["csv", "csv.gz", "zip", "xlsx", "jsonl", "jsonl.gz"]
    print("| reader | language | version | CSV | gzip | ZIP | XLSX | NDJSON | NDJSON, gzip | NULL is not \"\" |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for reader in chosen:
        cells = []
        for form in forms:
            found = [job.result() for (other, kind, _), job in jobs.items() if other is reader and kind == form]
            cells.append("–" if not found else "whole" if not any(found) else "; ".join(filter(None, found)))
        words = {"csv.gz": "gzip", "jsonl": "NDJSON"}
        nulls = ", ".join(words.get(form, form.upper()) for form in reader.nulls if form != "jsonl.gz") or "no"
        version = next(re.finditer(r"\d+\.[^ ]*", reader.seen_version()), [reader.seen_version()])[0]
        name = f"**{reader.name}**" if reader.held else reader.name
        print(f"| {name} | {reader.language} | {version} | {' | '.join(cells)} | {nulls} |")


main()
