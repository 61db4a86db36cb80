import Deflate
import Formats

/// The text of some rows by one writer, and its counts.
struct Written {
    var bytes: [UInt8] = []
    var rows = 0
    var formulasNeutralised = 0

    var text: String { String(decoding: bytes, as: UTF8.self) }
}

func columns(_ kinds: [CellKind]) -> [CellColumn] {
    kinds.enumerated().map { CellColumn(key: "c\($0.offset)", label: "C\($0.offset)", kind: $0.element) }
}

/// Rows given as the lines that COPY would send, without their newlines. No header.
func write(_ lines: [[UInt8]], kinds: [CellKind], format: CSVDialect? = bare()) throws -> Written {
    var writer = CSVWriter(columns: columns(kinds), dialect: try require(format))
    var buffer = OutputBuffer()
    for line in lines {
        try line.withUnsafeBytes { try writer.writeRow($0, into: &buffer) }
    }
    return Written(
        bytes: buffer.withUnsafeBytes { Array($0) }, rows: writer.rows,
        formulasNeutralised: writer.formulasNeutralised)
}

/// One field, as it stands in the file.
func cell(_ field: String, _ kind: CellKind, format: CSVDialect? = bare()) throws -> String {
    let text = try write([Array(field.utf8) + [0x0A]], kinds: [kind], format: format).text
    return String(text.dropLast())
}

/// No header, comma, guarded.
func bare(
    delimiter: UInt8 = UInt8(ascii: ","), guarded: Bool = true, decimalMark: UInt8 = UInt8(ascii: ".")
) -> CSVDialect? {
    CSVDialect(delimiter: delimiter, header: .none, formulaGuard: guarded, decimalMark: decimalMark)
}

struct NotAFormat: Error {}

func require(_ format: CSVDialect?) throws -> CSVDialect {
    guard let format else { throw NotAFormat() }
    return format
}
