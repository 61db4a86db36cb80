import Formats
import Glibc
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
        (["--status", "hamlet"], "penstock: statuses: unknown status: hamlet\n"),
        (["--column", "admin1"], "penstock: columns: unknown column: admin1\n"),
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
