#!/usr/bin/env bash
# CsvJdbc: "where amount < 2" finds no row at all, while sum(amount) of the same file is right.
#
# Who is hit: whoever queries an exported CSV through JDBC, from a report tool for example: an empty result looks like
# good news.
# Software: CsvJdbc 1.0.37 (Debian 12: libcsvjdbc-java 1.0.37-1).
# Expected: the comparison is made as numbers, as the sum is; or as texts; or it is an error. In each case but the last
# some row is found.
# Seen: columns are texts unless columnTypes says otherwise, and a text is neither less than nor greater than nor equal
# to a number. No error.
# Instead: the property columnTypes (Int,Double, ...), or compare with a text where the order of texts will do.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  libcsvjdbc-java=1.0.37-1
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

printf 'id,amount\n1,1.5\n2,20\n3,2\n' >"$work/invoices.csv"
cat >"$work/Read.java" <<'JAVA'
import java.sql.*;
import java.util.Properties;

public class Read {
    static String ask(String folder, String types, String query) throws SQLException {
        var properties = new Properties();
        if (types != null) properties.put("columnTypes", types);
        try (var connection = DriverManager.getConnection("jdbc:relique:csv:" + folder, properties);
                var rows = connection.createStatement().executeQuery(query)) {
            var found = new StringBuilder();
            while (rows.next()) found.append(' ').append(rows.getString(1));
            return ":" + found + ";";
        }
    }

    public static void main(String[] arguments) throws Exception {
        Class.forName("org.relique.jdbc.csv.CsvDriver");
        for (String test : new String[] {"amount < 2", "amount >= 2", "amount = 2"})
            System.out.print(test + ask(arguments[0], null, "select id from invoices where " + test) + " ");
        System.out.print("sum" + ask(arguments[0], null, "select sum(amount) from invoices"));
        System.out.println(" typed, amount < 2"
            + ask(arguments[0], "Int,Double", "select id from invoices where amount < 2"));
    }
}
JAVA
known="amount < 2:; amount >= 2:; amount = 2:; sum: 23.5; typed, amount < 2: 1;"
seen=$(java -cp "$work/root/usr/share/java/csvjdbc.jar" "$work/Read.java" "$work" 2>"$work/error") ||
  seen="error $(grep -m1 Exception "$work/error")"
echo "expected: amount < 2: 1; amount >= 2: 2 3; amount = 2: 3; sum: 23.5; or an error"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
