#!/usr/bin/env bash
# Octave's xlsread: a text with a blank at its edge is gone where the workbook stores it in the cell.
#
# Who is hit: whoever reads in Octave a workbook written row by row (XlsxWriter with constant_memory, and many
# exporters): a name with a blank behind it becomes an empty number.
# Software: GNU Octave 7.3.0 with io 2.6.4 (Debian 12: octave 7.3.0-2, octave-io 2.6.4-3), XlsxWriter 3.2.9.
# Expected: the text. Its neighbour without the blank, stored in the same way, is read.
# Seen: an empty value of type double; xml:space="preserve" on the text's element is enough. No warning.
# Instead: write with shared strings, or trim the texts when exporting.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  XlsxWriter==3.2.9 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  octave=7.3.0-2
  octave-io=2.6.4-3
  octave-common=7.3.0-2
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

root=$work/root
cat >"$work/write.py" <<'PYTHON'
import sys

import xlsxwriter

with xlsxwriter.Workbook(sys.argv[1], {"constant_memory": True}) as book:
    sheet = book.add_worksheet()
    for row, cells in enumerate([["name", "amount"], ["bolt", 1], ["nut ", 2]]):
        sheet.write_row(row, 0, cells)
PYTHON
python3 "$work/write.py" "$work/book.xlsx"
cat >"$work/read.m" <<OCTAVE
addpath("$root/usr/share/octave/packages/io-2.6.4");
addpath("$(find "$root/usr/lib" -name csv2cell.oct -printf '%h')");
[~, ~, cells] = xlsread("$work/book.xlsx");
printf("%s '%s'; %s '%s'\n", class(cells{2, 1}), cells{2, 1}, class(cells{3, 1}), cells{3, 1});
OCTAVE
libraries=$root/usr/lib/x86_64-linux-gnu
path=$libraries/octave/7.3.0:$libraries:$root/lib/x86_64-linux-gnu:$root/usr/lib
path+=:$libraries/blas:$libraries/lapack:$libraries/pulseaudio
known="char 'bolt'; double ''"
seen=$(OCTAVE_HOME=$root/usr HOME=$work LD_LIBRARY_PATH=$path \
  "$root/usr/bin/octave-cli" --no-gui --norc "$work/read.m" 2>"$work/error") ||
  not_run "Octave fails here: $(tail -1 "$work/error")"
seen=$(tail -1 <<<"$seen")
echo "expected: char 'bolt'; char 'nut '"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
