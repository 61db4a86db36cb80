#!/usr/bin/env bash
# HSQLDB: a text table reads t, which is how PostgreSQL writes true into CSV, as FALSE.
#
# Who is hit: a Java program or test that puts a text table over an export of PostgreSQL: every paid invoice is unpaid.
# Software: HSQLDB 2.7.1 (Debian 12: libhsqldb-java 2.7.1-1+deb12u1).
# Expected: t and f are read as the booleans that they are, or a word that is not known is an error, as it is for a
# number or a date in the same table and for Derby's import.
# Seen: everything that is not "true" is FALSE, t, yes and 1 alike, without an error.
# Instead: export paid::text, which is true or false, or declare the column as CHAR(1).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  libhsqldb-java=2.7.1-1+deb12u1
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

printf '1,true\n2,t\n3,yes\n4,1\n5,f\n' >"$work/invoices.csv"
cat >"$work/Read.java" <<'JAVA'
import java.sql.*;

public class Read {
    public static void main(String[] arguments) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:hsqldb:file:" + arguments[0] + "/db", "SA", "");
                var statement = connection.createStatement()) {
            statement.execute("create text table invoices (id int, paid boolean)");
            statement.execute("set table invoices source 'invoices.csv'");
            var rows = statement.executeQuery("select paid from invoices order by id");
            while (rows.next()) System.out.print(rows.getBoolean(1) + " ");
            statement.execute("shutdown");
        }
    }
}
JAVA
known="true false false false false"
seen=$(java -cp "$work/root/usr/share/java/hsqldb.jar" "$work/Read.java" "$work" 2>"$work/error") ||
  seen="error $(grep -m1 Exception "$work/error")"
seen=${seen% }
echo "expected: true true true true false, or an error"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
