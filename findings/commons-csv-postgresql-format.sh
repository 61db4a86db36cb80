#!/usr/bin/env bash
# Apache Commons CSV: its format named POSTGRESQL_CSV cannot read what PostgreSQL's COPY ... CSV writes.
#
# Who is hit: a Java programmer who picks the predefined format by its name to load an export of PostgreSQL.
# Software: Apache Commons CSV 1.9.0 (Debian 12: libcommons-csv-java 1.9.0-1).
# Expected: a doubled quotation mark inside quotation marks is one of them; "" is an empty text, and nothing is NULL.
# Seen: the first doubled quotation mark in a file ends in an IOException about a token that is not finished, since the
# format names the same character as the quote and as the escape. A file without them hides it until a customer types an
# inch sign. The plain DEFAULT format reads the same record right.
# Instead: CSVFormat.DEFAULT with setNullString("") where NULL matters, or RFC4180.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  libcommons-csv-java=1.9.0-1
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

command -v java >/dev/null || not_run "java is not installed"
java --list-modules 2>/dev/null | grep -q jdk.compiler || not_run "this Java has no compiler"

cat >"$work/Read.java" <<'JAVA'
import java.io.IOException;
import java.io.StringReader;
import org.apache.commons.csv.CSVFormat;

public class Read {
    static String read(CSVFormat format, String line) throws IOException {
        try (var records = format.parse(new StringReader(line))) {
            return String.join("|", records.iterator().next().toList());
        } catch (IllegalStateException | IOException e) {
            return e.getCause() instanceof IOException || e instanceof IOException ? "IOException" : e.toString();
        }
    }

    public static void main(String[] arguments) throws IOException {
        String line = "7,\"pipe 3\"\" wide\",x\n";
        System.out.println("POSTGRESQL_CSV " + read(CSVFormat.POSTGRESQL_CSV, line)
            + ", DEFAULT " + read(CSVFormat.DEFAULT, line));
    }
}
JAVA
known='POSTGRESQL_CSV IOException, DEFAULT 7|pipe 3" wide|x'
seen=$(java -cp "$work/root/usr/share/java/commons-csv.jar" "$work/Read.java")
echo 'expected: POSTGRESQL_CSV 7|pipe 3" wide|x, DEFAULT 7|pipe 3" wide|x'
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
