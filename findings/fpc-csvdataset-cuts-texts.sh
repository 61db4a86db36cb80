#!/usr/bin/env bash
# Free Pascal's TCSVDataset: a text of more than 255 characters is cut, and saving writes the cut text back.
#
# Who is hit: a program that opens an export as a dataset, edits one record and saves the file: all long notes are lost.
# Software: Free Pascal 3.2.2 (Debian 12: fp-units-db-3.2.2 3.2.2+dfsg-20).
# Expected: the whole text, or an error: CSV has no widths, and the file is read without any being named.
# Seen: 255 bytes are left of each longer field, without an error, in the dataset and in the file that it saves.
# Instead: CSVOptions.DefaultFieldLength, set above the longest text before the file is loaded; or TCSVParser.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  fp-compiler-3.2.2=3.2.2+dfsg-20
  fp-units-rtl-3.2.2=3.2.2+dfsg-20
  fp-units-fcl-3.2.2=3.2.2+dfsg-20
  fp-units-base-3.2.2=3.2.2+dfsg-20
  fp-units-db-3.2.2=3.2.2+dfsg-20
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

command -v ld >/dev/null || not_run "the linker ld (binutils) is not installed"
cat >"$work/cut.pas" <<'PASCAL'
{$mode objfpc}{$H+}
program cut;
uses csvdataset, db, sysutils;

procedure show(width: integer);
var
  table: TCSVDataset;
begin
  table := TCSVDataset.Create(nil);
  table.CSVOptions.FirstLineAsFieldNames := true;
  if width > 0 then table.CSVOptions.DefaultFieldLength := width;
  table.LoadFromCSVFile(ParamStr(1));
  table.First;
  write(Length(table.FieldByName('note').AsString), ' ');
  if width = 0 then table.SaveToCSVFile(ParamStr(2));
end;

begin
  show(0);
  show(1000);
  writeln;
end.
PASCAL
printf 'id,note\n1,%s\n' "$(printf 'x%.0s' {1..400})" >"$work/notes.csv"
compiler=$work/root/usr/lib/x86_64-linux-gnu/fpc/3.2.2
"$compiler/ppcx64" -v0 -Fu"$compiler/units/x86_64-linux/*" -FU"$work" -o"$work/cut" "$work/cut.pas" >"$work/log" 2>&1 ||
  not_run "the compiler fails here: $(tail -1 "$work/log")"
known="by default 255, saved again 255, with DefaultFieldLength 400"
read -r default wide < <("$work/cut" "$work/notes.csv" "$work/saved.csv")
seen="by default $default, saved again $(tr -cd x <"$work/saved.csv" | wc -c), with DefaultFieldLength $wide"
echo "expected: by default 400, saved again 400, with DefaultFieldLength 400"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
