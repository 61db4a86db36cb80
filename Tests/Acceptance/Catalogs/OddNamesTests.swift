import JSON
import Support
import Testing

/// Columns whose names mean something to SQL, to libpq, to a format string or to YAML: from `catalog init` to the file.
@Suite(.waits) struct OddNamesTests {
    private static let long = String(repeating: "a", count: 60)
    /// Two are alike in their first 60 bytes, one has the 63 that PostgreSQL allows.
    private static let names = [
        "Ordre %s", "win%", "Größe (m²)", "select", "x:y", "$1", "%(x)s", "?", ":name", "back\\slash", "🚚",
        "\(long)01", "\(long)02", "\(long)aaa",
    ]
    /// A catalog cannot name these.
    private static let left = ["a\"b", "a.b", " lead", "it's"]

    private static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

    @Test func `columns of odd names are described, sorted by, filtered by and exported`() throws {
        let all = Self.names + Self.left
        let database = try ScratchDatabase(
            "odd_names",
            """
            create schema odd;
            create table odd.names (id bigint primary key, tenant_id text not null,
                \(all.map { "\(Self.quoted($0)) text" }.joined(separator: ", ")));
            insert into odd.names
                select i, 'acme', \(all.indices.map { "'\($0) of ' || 4 - i" }.joined(separator: ", "))
                from generate_series(1, 3) i;
            """)
        let drafted = try database.penstock(["catalog", "init", "--table", "odd.names"])
        #expect(drafted.status == 0)
        for name in Self.left {
            #expect(drafted.errorText.contains("'\(name)' is left out: a catalog cannot name it"), "\(name)")
        }
        // What init cannot know: a label as long as it may be, and a scope.
        let label = String(repeating: "ü", count: 300)
        let keys = drafted.text.matches(of: #/- \{ key: ("[^"]+"|[^,]+), (?:column|label)/#).map {
            String($0.1).replacing("\"", with: "")
        }
        #expect(keys.count == Self.names.count + 1 && Set(keys).count == keys.count, "\(drafted.text)")
        let text =
            drafted.text.replacing("label: Select", with: "label: \(label)") + """

                scopes:
                  - { type: odd, label: Odd, column: "win%", valueType: text }

                """
        let files = try CatalogFiles(["odd.yaml": text])
        let check = try database.penstock(["catalog", "check", files.folder])
        #expect(check.status == 0, "\(check.text)\(check.errorText)")

        func export(_ more: [(String, JSON)], _ options: [String] = []) throws -> Shell.Outcome {
            var request: JSON = [
                "module": "odd", "catalog": "names", "format": "csv", "columns": .array(keys.map { .string($0) }),
            ]
            for (name, value) in more { request = request.setting(name, to: value) }
            return try Shell.run(
                [TestRun.program, "export", "--catalog", "odd/names", "--tenant", "acme", "--output", "-"]
                    + ["--request", "/dev/stdin"] + options,
                environment: ["PENSTOCK_SOURCE_URL": database.url, "PENSTOCK_CATALOGS": files.folder],
                input: request.serialized)
        }
        // Each column's texts fall where the number rises.
        for key in keys.dropFirst() {
            let outcome = try export([("sort", [["field": .string(key), "direction": "asc"]])])
            let records = CSVText(outcome.output).records
            #expect(outcome.status == 0 && records.map { $0[0].text } == ["ID", "3", "2", "1"], "\(key)")
            let wanted = ["1"] + Self.names.indices.map { "\($0) of 3" }
            #expect(records.last?.map(\.text) == wanted, "\(key): \(outcome.errorText)")
        }
        let scope: JSON = ["type": "odd", "values": ["1 of 2"]]
        let scoped = try export([("scope", scope)])
        #expect(CSVText(scoped.output).records.dropFirst().map { $0[0].text } == ["2"], "\(scoped.errorText)")
        #expect(CSVText(scoped.output).records[0].contains { $0.text == label })
        let workbook = try export([("format", "xlsx"), ("scope", scope)])
        let script = """
            import io, sys, zipfile
            import xml.etree.ElementTree as tree
            book = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
            cells = tree.parse(book.open('xl/worksheets/sheet1.xml')).findall('.//{*}c')
            print([''.join(cell.itertext()) for cell in cells])
            """
        let cells = String(
            decoding: try Shell.output(["python3", "-c", script], input: workbook.output), as: UTF8.self)
        #expect(cells.contains(label) && cells.contains("'13 of 2'"), "\(workbook.errorText)\(cells)")
    }

    @Test func `a list of keys is matched in a column of an odd name`() throws {
        let database = try ScratchDatabase(
            "odd_keys",
            """
            create table odd (id bigint primary key, tenant_id text not null, "Ordre %s?" text unique);
            insert into odd select i, 'acme', 'K' || i from generate_series(1, 9) i;
            """)
        let drafted = try database.penstock(["catalog", "init", "--table", "odd"])
        #expect(drafted.status == 0 && drafted.text.contains("filterKey: Ordre_s\n"), "\(drafted.text)")
        let files = try CatalogFiles(["odd.yaml": drafted.text])
        let list = "\(files.folder)/keys.txt"
        _ = try Shell.output(["tee", list], input: Array("K7\nK3\nK\n".utf8))
        let outcome = try database.penstock(
            [
                "export", "--catalog", "odd", "--tenant", "acme", "--column", "Ordre_s", "--filter-file", list,
                "--output", "-",
            ], catalogs: files.folder)
        let rows = CSVText(outcome.output).records.dropFirst().map { $0[0].text }
        #expect(outcome.status == 0 && Set(rows) == ["K3", "K7"] && rows.count == 2, "\(outcome.errorText)")
    }
}
