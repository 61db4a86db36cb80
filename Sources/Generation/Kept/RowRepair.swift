import Deflate
import Formats

/// Rows of a database that promises no encoding (SQL_ASCII), made UTF-8: U+FFFD in place of each byte that belongs to
/// no character.
///
/// They are mended where they come in, before anything is kept of them or put into a file: so both formats, parts and
/// whole, the kept rows and a re-export of them have the same texts. Rows of other databases are not looked at.
struct RowRepair: ~Copyable {
    private var output = OutputBuffer(capacity: 4096)
    private(set) var bytesRepaired = 0

    /// Hands `body` the row as it is, or mended; its bytes are valid only inside the call.
    /// - Throws: the errors of `body`.
    mutating func repair<Result>(
        _ line: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        if UTF8Text.isValid(line) { return try body(line) }
        output.removeAll()
        bytesRepaired += UTF8Text.repair(line, into: &output)
        return try output.withUnsafeBytes { try body($0) }
    }
}

/// A file whose rows are mended on their way into it.
final class RepairedFile: RowFile {
    private let file: any RowFile
    private var repair = RowRepair()

    /// - Returns: the file itself where the session's server sends nothing but UTF-8.
    static func around(_ file: any RowFile, _ session: SourceSession) -> any RowFile {
        session.sendsUTF8 ? file : RepairedFile(file)
    }

    private init(_ file: any RowFile) {
        self.file = file
    }

    var rows: Int { file.rows }
    var copiesOfRow: Int { file.copiesOfRow }

    var tally: FileTally {
        var tally = file.tally
        tally.bytesRepaired += repair.bytesRepaired
        return tally
    }

    func begin() throws { try file.begin() }
    func append(_ line: UnsafeRawBufferPointer) throws { try repair.repair(line) { try file.append($0) } }
    func end() throws { try file.end() }
}
