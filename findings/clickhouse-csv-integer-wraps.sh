#!/usr/bin/env bash
# ClickHouse (chDB): a number in a CSV file that does not fit its column is stored as another number.
#
# Who is hit: whoever loads an export into ClickHouse with types written by hand: an order number above 2147483647 in an
# Int32 is a negative one, and two orders can become the same.
# Software: chDB 4.4.0 (chdb-core 26.9.0).
# Expected: an error at that row. A decimal with too many digits and a negative number for an unsigned type are errors.
# Seen: integers wrap round without an error or a warning: 3000000000 in Int32 is -1294967296, 300 in UInt8 is 44.
# Instead: Int64 or Decimal for numbers of other systems, and a comparison of min and max with the source.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  chdb==4.4.0 chdb-core==26.9.0 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

printf 'order,small\n3000000000,300\n' >"$work/orders.csv"
cat >"$work/read.py" <<'PYTHON'
import sys

import chdb

rows = f"file('{sys.argv[1]}', 'CSVWithNames', 'order Int32, small UInt8')"
print(str(chdb.query(f"select * from {rows}", "TSV")).strip().replace("\t", " "))
PYTHON
known="-1294967296 44"
seen=$(python3 "$work/read.py" "$work/orders.csv" 2>"$work/error") ||
  seen="error $(grep -o 'Code: [0-9]*' "$work/error" | head -1)"
echo "expected: an error"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
