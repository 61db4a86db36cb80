import Deflate
import Glibc

/// Writes rows of COPY's text format as JSON objects (RFC 8259), one a line.
///
///     7 ⇥ Bo "B" ⇥ t ⇥ \N ⏎       becomes       {"id":7,"name":"Bo \"B\"","paid":true,"note":null} ⏎
///
/// Numbers have the digits that the server sent. A field that does not fit its column's kind is a string: `NaN` and
/// `Infinity`, which JSON has no numbers for, and the values of a column whose type has changed since its catalog was
/// checked. So every line is JSON.
///
/// Worst case of a row of n bytes and c columns: 6n + 4c + 2 bytes and the names, when every byte is a control
/// character. Usual rows stay below 2n, for which there is room from the start.
struct JSONLWriter: TextRows, ~Copyable {
    private(set) var rows = 0
    var formulasNeutralised: Int { 0 }

    private let columns: UnsafeMutablePointer<JSONLColumn>
    /// The bytes before each value of a row, end to end.
    private let names: UnsafeMutablePointer<UInt8>
    /// The most bytes of a row besides its fields: the names, four bytes more than its field for each value, the end.
    private let frameBytes: Int
    private var splitter: CopyRowSplitter<JSONLAttention>
    private var documents = JSONDocument()
    /// Where a value is made that is not copied or escaped from its field.
    private var scratch = OutputBuffer(capacity: 4096)

    init(columns: [CellColumn], dialect: JSONLDialect) {
        let texts = columns.enumerated().map { JSONLColumn.name($0.element.key, isFirst: $0.offset == 0) }
        let nameBytes = texts.reduce(0) { $0 + $1.count }
        self.columns = .allocate(capacity: max(columns.count, 1))
        names = .allocate(capacity: max(nameBytes, 1))
        var end = 0
        for (index, text) in texts.enumerated() {
            (names + end).update(from: text, count: text.count)
            end += text.count
            (self.columns + index).initialize(to: JSONLColumn(columns[index], nameBytes: text.count))
        }
        frameBytes = nameBytes + 4 * columns.count + 2
        splitter = CopyRowSplitter(columnCount: columns.count, attention: JSONLAttention())
    }

    deinit {
        columns.deallocate()
        names.deallocate()
    }

    /// Every row names its members itself.
    mutating func writeHeader(into output: inout OutputBuffer) {}

    mutating func writeRow(_ line: UnsafeRawBufferPointer, into output: inout OutputBuffer) throws(CopyTextError) {
        try splitter.split(line)
        let rowEnd = splitter.rowEnd
        var start = output.reserve(frameBytes + 2 * line.count + JSONText.slack)
        var room = start
        var name = names
        for index in 0..<splitter.columnCount {
            let column = columns[index]
            memcpy(room, name, column.nameBytes)
            room += column.nameBytes
            name += column.nameBytes
            let field = splitter.field(index)
            guard !Self.putPlain(field, as: column.shape, at: &room) else { continue }
            output.advance(start.distance(to: room))
            writeOther(field, as: column.shape, into: &output)
            start = output.reserve(frameBytes + (field.start + field.count).distance(to: rowEnd))
            room = start
        }
        room[0] = UInt8(ascii: "}")
        room[1] = UInt8(ascii: "\n")
        output.advance(start.distance(to: room + 2))
        rows += 1
    }

    /// The short way of NULL and of the values that are copied whole or nearly so; false, with no byte written, for
    /// others.
    @inline(__always)
    private static func putPlain(
        _ field: CopyField, as shape: JSONLColumn.Shape, at room: inout UnsafeMutablePointer<UInt8>
    ) -> Bool {
        let (text, count) = (field.start, field.count)
        guard field.isPlain else {
            guard field.isNull else { return false }
            put("null", at: &room)
            return true
        }
        switch shape {
        case .string:
            room[0] = UInt8(ascii: "\"")
            memcpy(room + 1, text, count)
            room[count + 1] = UInt8(ascii: "\"")
            room += count + 2
        case .number:
            guard JSONText.isNumber(text, count: count) else { return false }
            memcpy(room, text, count)
            room += count
        case .boolean:
            guard count == 1, text[0] == UInt8(ascii: "t") || text[0] == UInt8(ascii: "f") else { return false }
            put(text[0] == UInt8(ascii: "t") ? "true" : "false", at: &room)
        case .timestamp:
            // 2026-05-07 10:30:00…+00, by far the most frequent when a session's time zone is UTC.
            guard count >= 22, text[10] == UInt8(ascii: " "), text[count - 3] == UInt8(ascii: "+"),
                text[count - 2] == UInt8(ascii: "0"), text[count - 1] == UInt8(ascii: "0")
            else { return false }
            room[0] = UInt8(ascii: "\"")
            memcpy(room + 1, text, count - 3)
            room[11] = UInt8(ascii: "T")
            room[count - 2] = UInt8(ascii: "Z")
            room[count - 1] = UInt8(ascii: "\"")
            room += count
        case .document: return false
        }
        return true
    }

    private static func put(_ word: StaticString, at room: inout UnsafeMutablePointer<UInt8>) {
        memcpy(room, word.utf8Start, word.utf8CodeUnitCount)
        room += word.utf8CodeUnitCount
    }

    /// Appends a value that is not NULL and takes more than copying.
    private mutating func writeOther(
        _ field: CopyField, as shape: JSONLColumn.Shape, into output: inout OutputBuffer
    ) {
        let value = scratch.reserve(field.count + CellRenderer.growth)
        switch shape {
        case .document:
            let count = field.unescape(into: value)
            guard documents.takeLine(value, count: count) else { return JSONText.write(field, into: &output) }
            output.append(UnsafeRawBufferPointer(start: value, count: count))
        case .timestamp where field.isPlain:
            let count = CellRenderer.timestamp(field, into: value)
            output.append("\"")
            output.append(UnsafeRawBufferPointer(start: value, count: count))
            output.append("\"")
        case .timestamp, .string, .number, .boolean: JSONText.write(field, into: &output)
        }
    }
}
