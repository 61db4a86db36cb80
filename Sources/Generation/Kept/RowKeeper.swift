import Deflate
import Formats
import JSON

/// Writes the rows of an export beside its file, so that it can be rendered again without the tables.
///
///     ┌ gzip member ─────────────────┐┌ gzip members ─────────────────────────────────────────┐
///     {"penstockRows":1, …}⏎           rows in COPY's text format, as the server sent them
///       └ `Provenance` of the rows
///
/// Compressed with few looks, because no client downloads it.
final class RowKeeper {
    private let sink: (UnsafeRawBufferPointer) throws -> Void
    private var gzip = GzipWriter(.recent)
    private var plain = OutputBuffer(capacity: RowKeeper.pieceBytes + 16 * 1024)
    private var packed = OutputBuffer(capacity: 64 * 1024)

    /// The version of the format, in its first line.
    static let version = 1
    private static let pieceBytes = 64 * 1024

    /// - Parameter sink: takes the file's bytes in order; they are valid only inside the call.
    init(sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.sink = sink
    }

    /// The first member.
    static func head(_ provenance: Provenance) throws -> [UInt8] {
        guard var head = provenance.json.object else { return [] }
        head.members.insert((key: "penstockRows", value: .int(version)), at: 0)
        var output = OutputBuffer(capacity: 16 * 1024)
        var gzip = GzipWriter(.recent)
        (JSON.object(head).serialized + [UInt8(ascii: "\n")]).withUnsafeBytes { gzip.write($0, into: &output) }
        gzip.endMember(into: &output)
        return output.withUnsafeBytes { Array($0) }
    }

    /// - Parameter line: one row in COPY's text format, with its newline.
    func append(_ line: UnsafeRawBufferPointer) throws {
        plain.append(line)
        if plain.count >= Self.pieceBytes { try flush() }
    }

    func end() throws {
        try flush()
        gzip.endMember(into: &packed)
        try packed.withUnsafeBytes { try sink($0) }
        packed.removeAll()
    }

    private func flush() throws {
        plain.withUnsafeBytes { gzip.write($0, into: &packed) }
        plain.removeAll()
        if packed.count >= 48 * 1024 {
            try packed.withUnsafeBytes { try sink($0) }
            packed.removeAll()
        }
    }
}

/// A file whose rows are kept on their way into it.
final class KeptFile: RowFile {
    private let file: any RowFile
    private let keeper: RowKeeper

    init(_ file: any RowFile, _ keeper: RowKeeper) {
        self.file = file
        self.keeper = keeper
    }

    var rows: Int { file.rows }
    var tally: FileTally { file.tally }
    var copiesOfRow: Int { file.copiesOfRow + 1 }

    func begin() throws { try file.begin() }

    func append(_ line: UnsafeRawBufferPointer) throws {
        try keeper.append(line)
        try file.append(line)
    }

    func end() throws {
        try keeper.end()
        try file.end()
    }
}
