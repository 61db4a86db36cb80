# Opens a file with a spreadsheet program and saves it as CSV: office.sh libreoffice|gnumeric FORMAT FILE; see reading.py.
# Columns of CSV files are opened as text; a workbook's cells are saved as they are shown.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
reader=$1 form=$2 path=$3
scratch=$(mktemp -d "${TMPDIR:-/tmp}/penstock-office-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
if [[ $reader == libreoffice ]]; then
    texts=$(seq -f '%.0f/2' -s / 1 20)
    import=()
    if [[ $form != xlsx ]]; then import=("--infilter=CSV:44,34,76,1,$texts"); fi
    soffice "-env:UserInstallation=file://$scratch/profile" --headless "${import[@]}" \
        --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false' --outdir "$scratch/out" "$path" >/dev/null 2>&1
    saved=$(echo "$scratch"/out/*.csv)
else
    saved=$scratch/saved.csv
    ssconvert --export-type=Gnumeric_stf:stf_csv "$path" "$saved" >/dev/null 2>&1
fi
# TRUE and FALSE are shown in capitals.
"${PYTHON:-python3}" "$here/python_readers.py" python csv "$saved" |
    sed -E 's/\+54525545( |$)/+74727565\1/g; s/\+46414c5345( |$)/+66616c7365\1/g'
