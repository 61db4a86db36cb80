# Reads a CSV file with tcllib's csv, and zlib where it is compressed: tcl_csv.tcl READER FORMAT FILE; see reading.py.
package require csv

lassign $argv reader form path
set source [open $path rb]
set bytes [read $source]
close $source
# It stops after the first member and says nothing.
if {$form eq "csv.gz"} { set bytes [zlib gunzip $bytes] }
set record ""
foreach line [split [encoding convertfrom utf-8 $bytes] "\n"] {
    append record $line
    if {![csv::iscomplete $record]} { append record "\n"; continue }
    if {[string index $record end] ne "\r"} continue
    set cells {}
    foreach cell [csv::split -alternate [string range $record 0 end-1]] {
        lappend cells "+[binary encode hex [encoding convertto utf-8 $cell]]"
    }
    puts [join $cells " "]
    set record ""
}
