import Glibc
import JSON
import Posix
import Support
import Testing

/// Databases that promise no encoding, or hold bytes that are no characters of theirs.
@Suite(.waits) struct BrokenEncodingTests {
    private static let catalog = """
        module: bytes
        key: t
        category: tests
        label: Bytes
        table: public.t
        tenant: { column: tenant_id, type: text }
        uniqueKey: { column: id, type: integer }
        filterKey: v
        keepRows: 1d
        relations: { names: { table: public.names, key: id } }
        columns:
          - { key: id, label: Number, type: integer, default: true }
          - { key: v, label: V, type: string, default: true }
          - key: n
            label: N
            type: integer
            default: true
            relationOptions:
              - { output: id, label: ID }
              - { output: reference_value, label: Name, table: names, referenceField: name }
        """

    /// Rows of which each 1,000th has a byte that is no UTF-8, as the label of each has.
    private static let script = """
        set client_encoding = 'SQL_ASCII';
        create table names (id int primary key, name text);
        insert into names values (1, e'Bod\\xf8'), (2, 'Oslo \\u00e6');
        create table t (id int primary key, tenant_id text not null default 'acme', v text, n int not null default 2);
        insert into t (id, v, n)
            select i, case when i % 1000 = 1 then e'Caf\\xe9 ' else 'Zo\\u00eb ' end || i, case when i % 1000 = 2 then 1 else 2 end
            from generate_series(1, ROWS) i;
        analyze;
        """

    private static func database(_ name: String, rows: Int) throws -> ScratchDatabase {
        // psql sends what it reads as it is; the letters must be UTF-8 in the script.
        let text = script.replacing("ROWS", with: "\(rows)").replacing("\\u00e6", with: "æ").replacing(
            "\\u00eb", with: "ë")
        return try ScratchDatabase(
            name, text, encoding: "SQL_ASCII")
    }

    private static func export(
        _ database: ScratchDatabase, _ format: String, workers: Int = 1, _ more: [String] = []
    ) throws -> (bytes: [UInt8], receipt: JSON) {
        let files = try CatalogFiles(["t.yaml": catalog])
        let outcome = try database.penstock(
            [
                "export", "--catalog", "t", "--tenant", "acme", "--format", format, "--output", "-", "--json",
                "--relation", "n=names.name", "--workers", "\(workers)",
            ] + more, catalogs: files.folder)
        try #require(outcome.status == 0, "\(outcome.errorText)")
        let lines = outcome.errors.split(separator: UInt8(ascii: "\n"))
        return (outcome.output, try JSON.parse(Array(lines.last ?? [])))
    }

    @Test func `a byte that is no character becomes U+FFFD and is counted, in both formats`() throws {
        let database = try Self.database("bytes_small", rows: 3)
        let csv = try Self.export(database, "csv")
        let text = "Number,V,N\r\n1,Caf\u{FFFD} 1,Oslo æ\r\n2,Zoë 2,Bod\u{FFFD}\r\n3,Zoë 3,Oslo æ\r\n"
        #expect(csv.bytes == Array(text.utf8))
        #expect(csv.receipt["bytesRepaired"] == 2 && csv.receipt["rows"] == 3)
        let xlsx = try Self.export(database, "xlsx")
        #expect(xlsx.receipt["bytesRepaired"] == 2 && xlsx.receipt["rows"] == 3)
        let gzip = try Self.export(database, "csv", ["--gzip"])
        #expect(gzip.receipt["bytesRepaired"] == 2)
    }

    @Test func `parts count the same bytes as one worker and write the same file`() throws {
        let database = try Self.database("bytes_large", rows: 150_000)
        for format in ["csv", "xlsx"] {
            let one = try Self.export(database, format)
            let four = try Self.export(database, format, workers: 4)
            #expect(one.receipt["sha256"] == four.receipt["sha256"], "\(format)")
            #expect(one.receipt["bytesRepaired"] == 300 && four.receipt["bytesRepaired"] == 300, "\(format)")
            #expect(four.receipt["parts"]?.int ?? 0 > 1)
        }
    }

    @Test func `a byte that the database's own encoding has no character for is a failure with a name`() throws {
        let database = try ScratchDatabase(
            "bytes_win",
            """
            set client_encoding = 'WIN1252';
            create table names (id int primary key, name text);
            create table t (id int primary key, tenant_id text not null default 'acme', v text, n int);
            insert into t (id, v) values (1, e'\\x81');
            """, encoding: "WIN1252")
        let files = try CatalogFiles(["t.yaml": Self.catalog])
        let outcome = try database.penstock(
            ["export", "--catalog", "t", "--tenant", "acme", "--format", "csv", "--output", "-"],
            catalogs: files.folder)
        #expect(outcome.status == 70)
        #expect(outcome.errorText.contains("bytes that are no characters of the database's encoding"))
        #expect(outcome.errorText.contains("22P05"))
    }
}
