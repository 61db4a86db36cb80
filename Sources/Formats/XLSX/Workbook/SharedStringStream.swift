import Deflate

/// xl/sharedStrings.xml while the rows are written whose cells name its texts.
///
///     │ texts known before the first row │ chunk 0: 128 places │ chunk 1: 128 places │ … │ texts of later tables │
///
/// Places that a chunk does not use hold empty texts, a few compressed bytes for all of them; the stream ends after the
/// last place that is used. So the numbers in a chunk's cells depend on its rows alone, for any number of processes.
/// Kept compressed, since the member can only be written after the sheets.
struct SharedStringStream: ~Copyable {
    /// One past the last number that is taken.
    private(set) var end: Int
    let table: SharedStrings
    private var deflater: PieceDeflater?
    private var packed = OutputBuffer(capacity: 256)
    private var checksum = CRC32()

    private static let emptyText = "<si><t></t></si>"

    init(_ table: SharedStrings) {
        self.table = table
        end = table.texts.count
    }

    var isEmpty: Bool { end == 0 }

    /// Takes the texts of a chunk, or of a later table.
    /// - Parameter xml: an `<si>` element for each.
    /// - Throws: `PartError` for a place that is behind the last one.
    mutating func add(_ xml: UnsafeRawBufferPointer, count: Int, at place: Int) throws(PartError) {
        guard place >= end else { throw .notAPart }
        if deflater == nil { deflater = PieceDeflater() }
        while end < place {
            var text = Self.emptyText
            text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
            end += 1
        }
        write(xml)
        end += count
    }

    private mutating func write(_ bytes: UnsafeRawBufferPointer) {
        checksum.update(bytes)
        deflater?.write(bytes, into: &packed)
    }

    /// Writes the member's content, to its end.
    /// - Parameter uses: how many cells name one of the texts.
    /// - Throws: the sink's errors.
    mutating func finish(uses: Int, into member: inout MemberWriter) throws {
        member.append(XMLText.declaration)
        member.append("<sst xmlns=\"\(XMLText.main)\" count=\"\(uses)\" uniqueCount=\"\(end)\">")
        table.writeXML(into: &member.text)
        try member.flushText()
        if deflater != nil {
            member.endPiece()
            deflater?.endPiece(into: &packed)
            try packed.withUnsafeBytes { try member.write(packed: $0) }
            member.add(checksum)
        }
        member.append("</sst>")
    }
}
