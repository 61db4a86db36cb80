import Posix
import Support
import Testing

/// What other people's programs make of the files, held against the values that the database has.
///
/// docs/readers.md tells which they are, and how to add one. `make test` installs those that are held; one that is
/// missing is a failure.
struct ReaderTests {
    @Test func `programs of five languages see what the database has, in every format`() throws {
        let files = try ReaderFiles()
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
