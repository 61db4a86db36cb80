import Formats
import Glibc
import Posix
import Support
import Testing

/// What `penstock export` says to somebody who is still learning what a catalog offers.
@Suite(.waits) struct ExportCommandTests {
    static let cases: [([String], String)] = [
        (
            ["--timezone", "Mars/X"],
            "penstock: timezone must be an IANA time zone such as UTC or Europe/Oslo; the database does not know Mars/X\n"
        ),
        (
            ["--relation", "country=geo.countries.name"],
            "penstock: column country has no such relation option;"
                + " it has country=countries.name, country=countries.Area in km²\n"
        ),
        (["--relation", "size=countries.name"], "penstock: column size has no such relation option; it has none\n"),
        (["--relation", "country"], "penstock: --relation country is not of the form column=table.field\n"),
        (["--heading", "name"], "penstock: --heading name is not of the form column=text\n"),
        (
            ["--column", "name", "--heading", "country=Land"],
            "penstock: headings.country is not among the columns\n"
        ),
        (["--scope", "land=NO"], "penstock: scope.type must be one of country, place\n"),
        (
            ["--scope", "place=NO"],
            "penstock: scope.values.0 must be an integer from -9223372036854775808 to 9223372036854775807\n"
        ),
        (
            ["--status", "hamlet"],
            "penstock: statuses: unknown status: hamlet; it has: village, town, city, metropolis\n"
        ),
        (["--status", "vilage"], "penstock: statuses: unknown status: vilage; did you mean 'village'?\n"),
        (["--column", "admin1"], "penstock: columns: unknown column: admin1\n"),
        (["--column", "naem"], "penstock: columns: unknown column: naem; did you mean 'name'?\n"),
        (["--format", "cvs"], "penstock: --format cvs is not known; did you mean 'csv'?\n"),
        (["--catalog", "citys"], "penstock: --catalog citys is not known; did you mean 'cities'?\n"),
        (["--catalog", "geo/citis"], "penstock: --catalog geo/citis is not known; did you mean 'geo/cities'?\n"),
        (["--from", "2026-05-01"], "penstock: dateRange: the catalog cities has no date field\n"),
        (["--format", "xlsx", "--no-formula-guard"], "penstock: --no-formula-guard belongs to format csv\n"),
        (
            ["--format", "xlsx", "--bom", "--delimiter", ";", "--gzip"],
            "penstock: --delimiter, --bom belong to format csv;"
                + " --gzip belongs to format \(ExportFormat.words(having: .compression))\n"
        ),
    ]

    @Test(arguments: cases) func `a wrong option is a usage error that says what is allowed`(
        _ options: [String], _ message: String
    ) throws {
        let outcome = try GeonamesTests.sample.get().penstock(
            ["export", "--catalog", "cities", "--tenant", "atlas", "--output", "-"] + options,
            catalogs: GeonamesTests.catalogs)
        #expect(outcome.status == 64)
        #expect(outcome.errorText == message)
        #expect(outcome.output.isEmpty)
    }

    @Test func `a column is called what the command calls it`() throws {
        let outcome = try GeonamesTests.sample.get().penstock(
            [
                "export", "--catalog", "cities", "--tenant", "atlas", "--output", "-", "--column", "name",
                "--heading", "name==Town",
            ], catalogs: GeonamesTests.catalogs)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(outcome.text.hasPrefix("'=Town\r\n"))
    }

    @Test(arguments: [
        ("a.csv", [], "Name\r\n"), ("A.CSV", [], "Name\r\n"), ("a.csv.gz", [], "\u{1F}"), ("a.xlsx", [], "PK"),
        ("a.zip", [], "PK"), ("a.jsonl", [], "{"), ("a.jsonl.gz", [], "\u{1F}"),
        ("a.txt", ["--format", "csv"], "Name\r\n"),
        ("a.zip", ["--format", "jsonl"], "PK"),
    ])
    func `the ending of a file's name says its format`(_ name: String, _ options: [String], _ beginning: String) throws
    {
        let folder = try CatalogFiles().folder
        let outcome = try GeonamesTests.sample.get().penstock(
            [
                "export", "--catalog", "cities", "--tenant", "atlas", "--column", "name", "--output",
                "\(folder)/\(name)",
            ] + options, catalogs: GeonamesTests.catalogs)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(try File.bytes(at: "\(folder)/\(name)").starts(with: beginning.utf8))
        #expect(try File.names(in: folder) == [name])
    }

    @Test(arguments: [
        ("a.xlsx", ["--format", "csv"], "this makes a .csv file, not a .xlsx file"),
        ("a.csv", ["--gzip"], "this makes a .csv.gz file, not a .csv file"),
        ("a.csv", ["--annexes"], "this makes a .zip file, not a .csv file"),
        ("a.gz", ["--format", "csv"], "this makes a .csv file, not a .gz file"),
        (
            "a.txt", [],
            "its ending is none of .csv, .csv.gz, .zip, .xlsx, .jsonl, .jsonl.gz; name one, or give --format"
        ),
        ("csv", [], "its ending is none of .csv, .csv.gz, .zip, .xlsx, .jsonl, .jsonl.gz; name one, or give --format"),
    ])
    func `a file is not made under the ending of another kind`(_ name: String, _ options: [String], _ message: String)
        throws
    {
        let folder = try CatalogFiles().folder
        let outcome = try GeonamesTests.sample.get().penstock(
            ["export", "--catalog", "cities", "--tenant", "atlas", "--output", "\(folder)/\(name)"] + options,
            catalogs: GeonamesTests.catalogs)
        #expect(outcome.status == 64)
        #expect(outcome.errorText == "penstock: --output \(name): \(message)\n")
        #expect(try File.names(in: folder).isEmpty)
    }

    /// The export waits for a lock, with its file begun.
    @Test(arguments: ["INT", "TERM", "HUP"]) func `a signal leaves nothing of the file`(_ signal: String) throws {
        let folder = try CatalogFiles().folder
        let database = try GeonamesTests.sample.get()
        let script = """
            coproc holder { psql -X -q -At -d "$0"; }
            echo 'begin; lock table geo.cities; select 1;' >&"${holder[1]}"
            read -r held <&"${holder[0]}"
            env --default-signal=INT "${@:3}" & pid=$!
            for ((i = 0; i < 300; i++)); do compgen -G "$1/*.part" >/dev/null && break; sleep 0.1; done
            ls "$1"
            kill -s "$2" "$pid"
            wait "$pid"
            echo $?
            ls "$1"
            echo 'rollback; \\q' >&"${holder[1]}"
            wait
            """
        let outcome = try Shell.run(
            [
                "bash", "-c", script, database.ownerURL, folder, signal, TestRun.program, "export", "--catalog",
                "cities",
                "--tenant", "atlas", "--output", "\(folder)/a.csv",
            ], environment: ["PENSTOCK_SOURCE_URL": database.url, "PENSTOCK_CATALOGS": GeonamesTests.catalogs])
        let status = ["INT": 130, "TERM": 143, "HUP": 129][signal] ?? 0
        #expect(outcome.text.wholeMatch(of: #/a\.csv\.\d+\.part\n(\d+)\n/#)?.1 == "\(status)", "\(outcome.text)")
    }

    @Test func `a device is written to, not replaced`() throws {
        let link = "\(try CatalogFiles().folder)/null"
        symlink("/dev/null", link)
        let outcome = try GeonamesTests.sample.get().penstock(
            ["export", "--catalog", "cities", "--tenant", "atlas", "--output", link], catalogs: GeonamesTests.catalogs)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        var info = stat()
        #expect(lstat(link, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK)
    }

    @Test func `a folder without catalogs is no success`() throws {
        let outcome = try GeonamesTests.sample.get().penstock(["catalog", "check", try CatalogFiles().folder])
        #expect(outcome.status == 66)
        #expect(outcome.errorText.hasPrefix("penstock: there is no *.yaml or *.yml file in "))
    }
}
