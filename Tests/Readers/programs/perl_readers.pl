# Reads a CSV file with Text::CSV_XS, or a workbook with Spreadsheet::ParseXLSX: perl_readers.pl READER FORMAT FILE; see reading.py.
use strict;
use warnings;
use Encode qw(encode);

my ($reader, $form, $path) = @ARGV;

sub put { print join(" ", map { defined $_ ? "+" . unpack("H*", encode("UTF-8", $_)) : "-" } @_), "\n" }

if ($reader eq "parsexlsx") {
    require Spreadsheet::ParseXLSX;
    my $sheet = Spreadsheet::ParseXLSX->new->parse($path)->worksheet(0);
    my (undef, $lastRow) = $sheet->row_range;
    my (undef, $lastColumn) = $sheet->col_range;
    for my $row (0 .. $lastRow) {
        put(map {
            my $cell = $sheet->get_cell($row, $_);
            my $value = $cell ? $cell->value : undef;
            defined $value && $value =~ /^(?:TRUE|FALSE)$/ ? lc $value : $value
        } 0 .. $lastColumn);
    }
} else {
    require Text::CSV_XS;
    my $source;
    if ($form eq "csv.gz") {
        require IO::Uncompress::Gunzip;
        # It stops after the first member and says nothing.
        my $text;
        IO::Uncompress::Gunzip::gunzip($path => \$text) or die "not gzip";
        open $source, "<:raw", \$text or die $!;
    } else {
        open $source, "<:raw", $path or die $!;
    }
    binmode $source, ":encoding(UTF-8)";
    my $csv = Text::CSV_XS->new({ binary => 1, auto_diag => 2, blank_is_undef => 1 });
    while (my $row = $csv->getline($source)) { put(@$row) }
}
