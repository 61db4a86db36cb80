import Formats

/// Rows as COPY might send them: the first bytes choose columns and options, the rest are lines.
struct Rows {
    let columns: [CellColumn]
    let lines: [[UInt8]]
    /// For the target's own choices.
    let choice: Int

    init(_ bytes: [UInt8]) {
        var choices = Choices(bytes)
        choice = choices.next()
        let count = choices.next() % 5 + 1
        columns = (0..<count).map { index in
            let byte = choices.next()
            return CellColumn(
                key: "c\(index)", label: "C\(index)", kind: CellKind(rawValue: UInt8(byte % 5)) ?? .text,
                sharesStrings: byte & 8 != 0, mayHoldFormulas: byte & 16 == 0,
                holdsJSON: byte % 5 == 0 && byte & 32 != 0)
        }
        // The server escapes a CR; bytes that are no character are replaced before they come to a format.
        let text = String(decoding: choices.rest, as: UTF8.self).utf8
        lines = text.flatMap { $0 == 0x0D ? Array(#"\r"#.utf8) : [$0] }.split(by: UInt8(ascii: "\n"))
    }

    /// The lines that have a field for each column.
    var good: [[UInt8]] { lines.filter { $0.count { $0 == UInt8(ascii: "\t") } == columns.count - 1 } }

    /// The values of the good lines, read a second time: nil for NULL.
    var values: [[[UInt8]?]] { good.map { $0.split(by: UInt8(ascii: "\t")).map(Self.value) } }

    /// Writes all lines. Those that have another number of fields must be refused, and leave nothing behind.
    func write(to file: any RowFile) throws {
        try file.begin()
        var taken = 0
        for line in lines {
            let isGood = line.count { $0 == UInt8(ascii: "\t") } == columns.count - 1
            let isTaken: Bool
            do {
                try (line + [UInt8(ascii: "\n")]).withUnsafeBytes { try file.append($0) }
                isTaken = true
            } catch is CopyTextError { isTaken = false }
            try demand(isTaken == isGood, isGood ? "a good row is refused" : "a row of other fields is taken")
            taken += isTaken ? 1 : 0
        }
        try file.end()
        try demand(file.rows == taken, "the rows are miscounted")
    }

    private static func value(_ field: [UInt8]) -> [UInt8]? {
        guard field != Array(#"\N"#.utf8) else { return nil }
        var value: [UInt8] = []
        var rest = field[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let letter = rest.popFirst() else {
                value.append(byte)
                continue
            }
            value.append(escapes[letter] ?? letter)
        }
        return value
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10, UInt8(ascii: "v"): 11, UInt8(ascii: "f"): 12,
        UInt8(ascii: "r"): 13,
    ]
}

/// Takes a file's bytes.
final class Sink {
    private(set) var bytes: [UInt8] = []

    func take(_ more: UnsafeRawBufferPointer) { bytes += more }
}
