import Glibc
import Posix
import Support
import Testing

/// `sql/schema.sql`: everything that the migrations and the functions make, as pg_dump tells it. `make schema` writes
/// it.
@Suite(.waits) struct DumpTests {
    @Test func `the dump is what the migrations and the functions make`() throws {
        let database = try TemplateDatabase(.jobs)
        let dump = try SchemaDump.text(of: database)
        let path = "\(TestRun.source)/sql/schema.sql"
        if environmentValue("PENSTOCK_WRITE_SCHEMA") != nil {
            let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
            try Array(dump.utf8).withUnsafeBytes { try file.writeAll($0) }
        }
        let kept = String(decoding: try File.bytes(at: path), as: UTF8.self)
        let missing = Self.lines(dump).subtracting(Self.lines(kept)),
            extra = Self.lines(kept).subtracting(Self.lines(dump))
        #expect(
            dump == kept,
            "sql/schema.sql is another; `make schema` writes it. Missing: \(missing.sorted()) Not there any more: \(extra.sorted())"
        )
    }

    private static func lines(_ text: String) -> Set<Substring> { Set(text.split(separator: "\n")) }
}
