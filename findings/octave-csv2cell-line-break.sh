#!/usr/bin/env bash
# Octave's csv2cell: a record with a line break inside quotation marks loses that field and all fields after it.
#
# Who is hit: whoever loads an export with a note, an address or a comment of two lines into Octave.
# Software: GNU Octave 7.3.0 with io 2.6.4 (Debian 12: octave 7.3.0-2, octave-io 2.6.4-3).
# Expected: the record as RFC 4180 has it, or an error that says that line breaks in a field are not read.
# Seen: the first line keeps the fields before the note, all later ones are empty; the second line is a row of empty
# fields. No error, no warning; the number of rows is wrong by one for each break.
# Instead: replace line breaks when exporting (translate(note, e'\r\n', '  ')).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

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
printf 'id,note,amount\n1,"first line\nsecond line",10.5\n2,short,7\n' >"$work/notes.csv"
cat >"$work/read.m" <<OCTAVE
addpath("$root/usr/share/octave/packages/io-2.6.4");
addpath("$(find "$root/usr/lib" -name csv2cell.oct -printf '%h')");
cells = csv2cell("$work/notes.csv");
printf("rows %d; id %d note '%s' amount '%s'\n", rows(cells) - 1, cells{2, :});
OCTAVE
libraries=$root/usr/lib/x86_64-linux-gnu
path=$libraries/octave/7.3.0:$libraries:$root/lib/x86_64-linux-gnu:$root/usr/lib
path+=:$libraries/blas:$libraries/lapack:$libraries/pulseaudio
known="rows 3; id 1 note '' amount ''"
seen=$(OCTAVE_HOME=$root/usr HOME=$work LD_LIBRARY_PATH=$path \
  "$root/usr/bin/octave-cli" --no-gui --norc "$work/read.m" 2>"$work/error") ||
  not_run "Octave fails here: $(tail -1 "$work/error")"
echo "expected: rows 2; id 1 note 'first line\nsecond line' amount '10.5'"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
