import Glibc
import Posix
import Support
import Testing

/// A schema that was not made for Penstock: no tenant column, no dates, an array, names with spaces; and texts in every
/// script. What is exported is compared byte for byte with what PostgreSQL's own COPY writes.
@Suite(.waits) struct GeonamesTests {
    static let fixtures = "\(TestRun.source)/Tests/Fixtures/geonames"
    static let catalogs = "\(fixtures)/catalogs"
    /// All cities, where somebody has put them beside the checkout.
    static let whole = "\(TestRun.source)/../shared/data/geonames"

    static let sample = Result { try load("geonames", from: fixtures) }

    static func load(_ name: String, from folder: String) throws -> ScratchDatabase {
        let scripts = try ["schema.sql", "load.sql"].map {
            String(decoding: try File.bytes(at: "\(fixtures)/\($0)"), as: UTF8.self)
        }
        return try ScratchDatabase(name, scripts.joined(separator: "\n"), in: folder)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let arguments: [String]
        /// The same rows, asked of PostgreSQL. `guarded` puts an apostrophe before what looks like a formula.
        let query: String
    }

    static let columns = """
        c.id, guarded(c.name), guarded(c.alternate_names::text), c.latitude, c.longitude, guarded(k.name),
        guarded(c.admin1), c.population, guarded(c.timezone), c.size
        """

    static let cases = [
        Case(
            testDescription: "all cities, with the names of their countries",
            arguments: ["--catalog", "cities", "--tenant", "atlas", "--relation", "country=countries.name"],
            query: "select \(columns) from geo.cities c left join geo.countries k on k.iso = c.country order by c.id"),
        Case(
            testDescription: "large cities of some countries",
            arguments: [
                "--catalog", "geo/cities", "--tenant", "globus", "--relation", "country=countries.name", "--scope",
                "country=JP,TH,IL,IN,ET,GE", "--status", "city", "--status", "metropolis",
            ],
            query: """
                select \(columns) from geo.cities c left join geo.countries k on k.iso = c.country
                where c.population >= 50000 and c.country in ('JP', 'TH', 'IL', 'IN', 'ET', 'GE') order by c.id
                """),
        Case(
            testDescription: "a number of the related row, under a column's own name",
            arguments: [
                "--catalog", "cities", "--tenant", "atlas", "--column", "name", "--column", "country", "--relation",
                "country=countries.Area in km²",
            ],
            query: """
                select guarded(c.name), k."Area in km²"
                from geo.cities c left join geo.countries k on k.iso = c.country order by c.id
                """),
        Case(
            testDescription: "the countries of a continent, whose telephone prefixes look like formulas",
            arguments: ["--catalog", "countries", "--tenant", "EU"],
            query: """
                select guarded(iso::text), guarded(name), guarded(capital), "Area in km²", population,
                    guarded(currency_code), guarded(currency_name), guarded(phone), guarded(languages)
                from geo.countries where continent = 'EU' order by name, iso
                """),
        Case(
            testDescription: "the cities of one tenant, in an order of their names",
            arguments: [
                "--catalog", "cities-of-continent", "--tenant", "AS", "--relation", "country=countries.name",
            ],
            query: """
                select guarded(c.name), guarded(k.name) from geo.cities c join geo.countries k on k.iso = c.country
                where k.continent = 'AS' order by c.name desc, c.id desc
                """),
    ]

    @Test func `the catalogs fit the schema`() throws {
        let outcome = try Self.sample.get().penstock(["catalog", "check", Self.catalogs])
        #expect(outcome.status == 0)
        #expect(outcome.text.contains("3 files, 3 compared with the database "))
        #expect(outcome.text.hasSuffix(": 0 errors, 2 warnings\n"))
    }

    @Test(arguments: cases) func `every row of the sample is PostgreSQL's`(_ one: Case) throws {
        try Self.compare(one, in: try Self.sample.get())
    }

    @Test(.enabled(if: access("\(whole)/cities.csv.gz", R_OK) == 0))
    func `every row of the whole file is PostgreSQL's`()
        throws
    {
        let folder = try CatalogFiles().folder
        _ = try Shell.output(
            [
                "bash", "-ec", "gzip -dc \"$0/cities.csv.gz\" >\"$1/cities.csv\"; cp \"$0/countries.csv\" \"$1\"",
                Self.whole, folder,
            ])
        let database = try Self.load("geonames_whole", from: folder)
        #expect(try Int(database.psql("select count(*) from geo.cities").dropLast()) ?? 0 > 200_000)
        for one in Self.cases { try Self.compare(one, in: database) }
    }

    private static let guarded = """
        create function pg_temp.guarded(text) returns text immutable language sql
            as $$ select case when $1 ~ '^[-=+@\\t\\r]' then '''' || $1 else $1 end $$
        """

    private static func compare(_ one: Case, in database: ScratchDatabase) throws {
        let file = "\(TestRun.folder)/\(Random.integer()).csv"
        defer { unlink(file) }
        let outcome = try database.penstock(["export", "--output", file] + one.arguments, catalogs: catalogs)
        guard outcome.status == 0 else { throw Unmet("export ended with \(outcome.status): \(outcome.errorText)") }
        let query = one.query.replacing("guarded(", with: "pg_temp.guarded(")
        let script = """
            [ "$(wc -l <"$0")" -gt 1 ]
            cmp <(tail -n +2 "$0") \\
                <(psql -X -q -d "$1" -c "$2" -c "copy ($3) to stdout with (format csv)" | sed 's/$/\\r/')
            """
        let comparison = try Shell.run(["bash", "-ec", script, file, database.ownerURL, guarded, query])
        #expect(comparison.status == 0, "\(one.testDescription): \(comparison.text) \(comparison.errorText)")
    }
}
