#!/usr/bin/env bash
# R openxlsx: a text with a blank at its edge is read with a piece of XML in front: xml:space="preserve"> lead.
#
# Who is hit: whoever reads in R a workbook that openpyxl or another program wrote with the text in the cell. A header
# with a blank at its end becomes a column that no script finds.
# Software: openxlsx 4.2.5.2 in R 4.2.2 (Debian 12: r-cran-openxlsx 4.2.5.2-1), openpyxl 3.1.5.
# Expected: the text, with its blanks. xml:space="preserve" is what the format asks of a writer for such a text.
# Seen: the attribute of the element is taken for text, for cells and for the header, without a warning; trimws() does
# not help. Shared strings are read right.
# Instead: readxl, with trim_ws = FALSE where blanks matter.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  openpyxl==3.1.5 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  r-cran-openxlsx=4.2.5.2-1
  r-base-core=4.2.2.20221110-2
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

cat >"$work/write.py" <<'PYTHON'
import sys

import openpyxl

book = openpyxl.Workbook()
book.active.append(["name", "note"])
book.active.append(["bolt", " lead"])
book.save(sys.argv[1])
PYTHON
python3 "$work/write.py" "$work/book.xlsx"

# R looks for its settings in /etc; an R that is unpacked elsewhere gets them beside it.
root=$work/root
home=$root/usr/lib/R
for link in "$home"/etc/*; do
  if [ -L "$link" ] && [ -f "$root$(readlink "$link")" ]; then
    cp --remove-destination "$root$(readlink "$link")" "$link"
  fi
done
cat >"$work/read.R" <<'R'
arguments <- commandArgs(trailingOnly = TRUE)
.libPaths(c(arguments[2], .libPaths()))
suppressMessages(library(openxlsx))
cat(read.xlsx(arguments[1])$note, "\n", sep = "")
R
libraries=$root/usr/lib/x86_64-linux-gnu
known='[xml:space="preserve"> lead]'
seen=$(R_HOME=$home R_SHARE_DIR=$root/usr/share/R/share EDITOR=vi PAGER=cat \
  LD_LIBRARY_PATH=$home/lib:$libraries:$libraries/blas:$libraries/lapack \
  "$home/bin/exec/R" --no-save --no-restore --no-echo --file="$work/read.R" --args "$work/book.xlsx" \
  "$root/usr/lib/R/site-library" 2>"$work/error") || not_run "R fails here: $(tail -1 "$work/error")"
seen="[${seen#*$'\n'}]"
echo "expected: [ lead]"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
