import Posix
import Support
import Testing

/// What other people's programs make of the files, held against the values that the database has.
///
/// docs/readers.md tells which they are, and how to add one. `make test` installs those that are held; one that is
/// missing is a failure.
@Suite(.waits) struct ReaderTests {
    private static let files = Result { try ReaderFiles() }

    /// The first column is called ID, with which no file may begin bare.
    @Test func `a report compressed and in an archive is the plain report, byte for byte`() throws {
        let folder = try Self.files.get().folder
        let plain = try Shell.output(["cat", "\(folder)/rows.csv"])
        #expect(plain.starts(with: Array("\"ID\",Code,".utf8)))
        let isCompressed = try Shell.output(["gzip", "-dc", "\(folder)/rows.csv.gz"]) == plain
        #expect(isCompressed)
        let script =
            "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); sys.stdout.buffer.write(z.read(z.namelist()[0]))"
        let isArchived = try Shell.output(["python3", "-c", script, "\(folder)/rows.zip"]) == plain
        #expect(isArchived)
        // What `gzip -l` takes the length from.
        let length = try Shell.output(["gzip", "-l", "\(folder)/rows.csv.gz"])
        #expect(String(decoding: length, as: UTF8.self).contains(" \(plain.count) "))
    }

    @Test func `programs of five languages see what the database has, in every format`() throws {
        let files = try Self.files.get()
        let readers = "\(TestRun.source)/Tests/Readers"
        let environment = try Shell.run(["\(readers)/environment"], within: 300)
        try #require(environment.status == 0, "\(environment.errorText)")
        let python = String(environment.text.filter { $0 != "\n" })
        let outcome = try Shell.run(
            [python, "\(readers)/matrix.py", "--held", files.folder],
            environment: ["READERS_DATABASE": files.database.ownerURL], within: 300)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(outcome.errorText.contains("15 in 6 languages"), "\(outcome.errorText)")
    }
}
