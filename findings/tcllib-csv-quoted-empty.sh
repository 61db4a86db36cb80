#!/usr/bin/env bash
# tcllib's csv package: an empty text that is written as "" is read as a text of one quotation mark.
#
# Who is hit: a Tcl program that reads a file in which "" is an empty text and nothing at all is NULL, which is
# PostgreSQL's own CSV and that of many exporters.
# Software: tcllib 1.21, package csv (Debian 12: tcllib 1.21+dfsg-1), with Tcl 8.6.
# Expected: two quotation marks enclose an empty text (RFC 4180).
# Seen: the field is read as one quotation mark. A field of a single quotation mark, written as four, is read as the
# same, so the two cannot be told apart afterwards. Only the other syntax (-alternate) reads both right.
# Instead: csv::split -alternate, and csv::read2matrix -alternate.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  tcllib=1.21+dfsg-1
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

command -v tclsh >/dev/null || not_run "tclsh is not installed"

cat >"$work/split.tcl" <<'TCL'
lappend auto_path [file join [lindex $argv 0] root/usr/share/tcltk]
package require csv
set line {1,"",,"""",a}
puts "usual [join [csv::split $line] |]; alternate [join [csv::split -alternate $line] |]"
TCL
known='usual 1|"||"|a; alternate 1|||"|a'
seen=$(tclsh "$work/split.tcl" "$work")
echo 'expected: usual 1|||"|a; alternate 1|||"|a'
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
