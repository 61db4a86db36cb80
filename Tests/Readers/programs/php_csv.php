<?php
// Reads a CSV file with fgetcsv, and gzdecode where it is compressed: php_csv.php READER FORMAT FILE; see reading.py.
ini_set("memory_limit", "1G");
[, , $form, $path] = $argv;
$bytes = file_get_contents($path);
// gzdecode stops after the first member and says nothing.
if ($form === "csv.gz") $bytes = gzdecode($bytes);
$source = fopen("php://memory", "w+");
fwrite($source, $bytes);
rewind($source);
// No escape character: RFC 4180 has none.
while (($row = fgetcsv($source, null, ",", '"', "")) !== false) {
    echo implode(" ", array_map(fn($cell) => $cell === null ? "-" : "+" . bin2hex($cell), $row)), "\n";
}
