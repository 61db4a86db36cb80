import Glibc
import Posix
import Support
import Testing

/// `sql/schema.sql`: everything that the migrations and the functions make, as pg_dump tells it. `make schema` writes it.
@Suite struct DumpTests {
    @Test func `the dump is what the migrations and the functions make`() throws {
        let database = try TemplateDatabase(.jobs)
        let dump = try Self.dump(of: database)
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

    /// By the server's own pg_dump, without what differs from one version of it to the next: its settings, its own name and
    /// the key of \restrict. PostgreSQL 15, 17 and 18 then say the same.
    private static func dump(of database: TemplateDatabase) throws -> String {
        let programs = try database.psql("select setting from pg_config where name = 'BINDIR'").dropLast()
        let command = [
            "\(programs)/pg_dump", "--schema-only", "--no-owner", "--no-privileges", "-d", database.ownerURL,
        ]
        var text =
            "-- Written by `make schema`: what the migrations and functions of this folder make. Not to be edited.\n"
        var wasBlank = false
        for line in String(decoding: try Shell.output(command), as: UTF8.self)
            .replacing("public.", with: "").split(separator: "\n", omittingEmptySubsequences: false)
        {
            if ["--", "\\", "SET ", "SELECT pg_catalog.set_config("].contains(where: line.hasPrefix) { continue }
            if line.isEmpty, wasBlank { continue }
            wasBlank = line.isEmpty
            text += line + "\n"
        }
        return text.trimmingSuffix("\n") + "\n"
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> Substring {
        var rest = self[...]
        while rest.last == character { rest.removeLast() }
        return rest
    }
}
