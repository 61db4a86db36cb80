# Reads a CSV file with the shell of SQLite: sqlite_csv.sh READER FORMAT FILE; see reading.py.
set -euo pipefail
form=$2 path=$3
source=$path
if [[ $form == csv.gz ]]; then source="|gzip -dc '$path'"; fi
columns=$( (if [[ $form == csv.gz ]]; then gzip -dc "$path"; else cat "$path"; fi) | { head -n 1; cat >/dev/null; } | sed 's/"[^"]*"//g' | tr -cd , | wc -c)
names=$(seq -f 'c%.0f' -s , 0 "$columns")
cells=$(seq -f "'+'||lower(hex(c%.0f))" -s "||' '||" 0 "$columns")
# The table is there already, so that the first line is a row like the others.
sqlite3 :memory: "create table t($names);" ".import --csv \"$source\" t" "select $cells from t order by rowid;"
