# Reads a CSV file with psql's \copy into the database READERS_DATABASE: postgresql_copy.sh READER FORMAT FILE; see reading.py.
set -euo pipefail
form=$2 path=$3
unpack="cat \"$path\""
if [[ $form == csv.gz ]]; then unpack="gzip -dc \"$path\""; fi
columns=$(bash -c "$unpack" | { head -n 1; cat >/dev/null; } | sed 's/"[^"]*"//g' | tr -cd , | wc -c)
names=$(seq -f 'c%.0f text' -s , 0 "$columns")
cells=$(seq -f "coalesce('+'||encode(convert_to(c%.0f,'UTF8'),'hex'),'-')" -s "||' '||" 0 "$columns")
psql -X -q -At -v ON_ERROR_STOP=1 -d "$READERS_DATABASE" <<SQL
create temporary table t(n serial, $names);
\\copy t($(seq -f 'c%.0f' -s , 0 "$columns")) from program '$unpack' (format csv)
select $cells from t order by n;
SQL
