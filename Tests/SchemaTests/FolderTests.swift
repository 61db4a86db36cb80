import Posix
import Schema
import Support
import Testing

/// The list of `sql/Schema.swift` beside the folders: a file that is not listed is a function that is never deployed.
@Suite struct FolderTests {
    @Test func `every migration is listed, in the order of the numbers`() throws {
        #expect(Schema.migrations.map(\.name) == (try Self.files("migrations")))
    }

    @Test func `every function is listed by the name of its file`() throws {
        #expect(Schema.functions.map(\.name) == (try Self.files("functions")))
    }

    @Test func `each name has the text of its file`() throws {
        for (folder, files) in [("migrations", Schema.migrations), ("functions", Schema.functions)] {
            for file in files {
                let text = String(decoding: try File.bytes(at: "\(Self.sql)/\(folder)/\(file.name).sql"), as: UTF8.self)
                #expect(text == file.text, "\(folder)/\(file.name).sql")
            }
        }
    }

    private static let sql = "\(TestRun.source)/sql"

    /// The names of a folder's files in their order, without the ending.
    private static func files(_ folder: String) throws -> [String] {
        let listed = try Shell.output(["ls", "\(sql)/\(folder)"], environment: ["LC_ALL": "C"])
        return String(decoding: listed, as: UTF8.self).split(separator: "\n").map { String($0.dropLast(4)) }
    }
}
