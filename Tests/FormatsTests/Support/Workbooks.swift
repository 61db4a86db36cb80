import Deflate
import FileReaders
import Formats

/// A workbook as it was written, and its counts.
struct WrittenWorkbook {
    var bytes: [UInt8] = []
    var counters = CellCounters()
    var rows = 0
    var sheets = 0

    var members: ZipReader { get throws { try ZipReader(bytes) } }

    /// The texts of xl/sharedStrings.xml by their numbers; empty without such a member.
    var sharedStrings: [String] {
        get throws {
            guard let xml = try members["xl/sharedStrings.xml"] else { return [] }
            let texts = try SheetReader.sharedStrings(xml)
            guard xml.contains(" uniqueCount=\"\(texts.count)\">") else {
                throw SheetReader.Fault(reason: "uniqueCount is not \(texts.count)")
            }
            return texts
        }
    }

    func sheet(_ number: Int = 1) throws -> SheetReader {
        guard let xml = try members["xl/worksheets/sheet\(number).xml"] else {
            throw SheetReader.Fault(reason: "no sheet \(number)")
        }
        return try SheetReader(xml)
    }
}

private final class Collector {
    var bytes: [UInt8] = []
}

/// A workbook of lines as COPY would send them.
func workbook(
    _ lines: [[UInt8]], kinds: [CellKind], name: String? = nil, labels: [String]? = nil, shared: [String] = [],
    sharing: Set<Int> = [], grid: RowGrid = .standard, annexes: [AnnexTable] = []
) throws -> WrittenWorkbook {
    let layout = try layout(
        kinds: kinds, name: name, labels: labels, shared: shared, sharing: sharing, grid: grid)
    return try workbook(lines, layout, annexes: annexes)
}

func workbook(_ lines: [[UInt8]], _ layout: SheetLayout, annexes: [AnnexTable] = []) throws -> WrittenWorkbook {
    let collector = Collector()
    let writer = WorkbookWriter(sharedStrings: layout.sharedStrings) { collector.bytes += Array($0) }
    try writer.begin()
    try writer.beginTable(layout)
    for line in lines { try line.withUnsafeBytes { try writer.append($0) } }
    try writer.endTable()
    for annex in annexes { try writer.add(annex) }
    try writer.end()
    return WrittenWorkbook(
        bytes: collector.bytes, counters: writer.counters, rows: lines.count, sheets: writer.sheetCount)
}

/// The same workbook from parts that each write for themselves.
/// - Parameter cuts: the rows, in order, with which parts after the first begin.
func joinedWorkbook(_ lines: [[UInt8]], _ layout: SheetLayout, cuts: [Int]) throws -> WrittenWorkbook {
    let collector = Collector()
    let writer = WorkbookWriter(sharedStrings: layout.sharedStrings) {
        collector.bytes += Array($0)
    }
    try writer.begin()
    try writer.beginTable(layout)
    let bounds = [0] + cuts + [lines.count]
    for (first, end) in zip(bounds, bounds.dropFirst()) {
        let stored = try part(lines[first..<end], layout, rows: first..<end)
        // In stretches of all lengths, as a reader of a file that grows might.
        try stored.withUnsafeBytes { bytes in
            var (at, length) = (0, 1)
            while at < bytes.count {
                let count = min(length, bytes.count - at)
                try writer.append(part: UnsafeRawBufferPointer(rebasing: bytes[at..<at + count]))
                at += count
                length = length * 3 % 4093
            }
        }
    }
    try writer.endTable()
    try writer.end()
    return WrittenWorkbook(
        bytes: collector.bytes, counters: writer.counters, rows: lines.count, sheets: writer.sheetCount)
}

/// The bytes of one part.
func part(_ lines: ArraySlice<[UInt8]>, _ layout: SheetLayout, rows: Range<Int>) throws -> [UInt8] {
    var part = SheetPartWriter(layout, rows: rows)
    var output = OutputBuffer()
    for line in lines { try line.withUnsafeBytes { try part.append($0, into: &output) } }
    try part.end(into: &output)
    return output.withUnsafeBytes { Array($0) }
}

func layout(
    kinds: [CellKind], name: String? = nil, labels: [String]? = nil, shared: [String] = [], sharing: Set<Int> = [],
    grid: RowGrid = .standard
) throws -> SheetLayout {
    let columns = kinds.enumerated().map { index, kind in
        CellColumn(
            key: "c\(index)", label: labels?[index] ?? "C\(index)", kind: kind, sharesStrings: sharing.contains(index))
    }
    return try SheetLayout(columns, name: name, sharedStrings: SharedStrings(shared), grid: grid)
}

/// The layout that a table's first rows give it.
func layout(
    of lines: [[UInt8]], kinds: [CellKind], labels: [String]? = nil, sharing: Set<Int> = [], isRightToLeft: Bool = false
) throws -> SheetLayout {
    var rows = FirstRows()
    for line in lines where !rows.isFull { line.withUnsafeBytes { rows.take($0) } }
    let columns = try layout(kinds: kinds, labels: labels, sharing: sharing).columns
    return try rows.layout(columns, isRightToLeft: isRightToLeft)
}

/// The XML of one row, number 2, and its counts.
func row(
    _ line: String, _ kinds: [CellKind], shared: [String] = [], sharing: Set<Int> = []
) throws -> (xml: String, counters: CellCounters) {
    try row(Array(line.utf8), kinds, shared: shared, sharing: sharing)
}

func row(
    _ line: [UInt8], _ kinds: [CellKind], shared: [String] = [], sharing: Set<Int> = []
) throws -> (xml: String, counters: CellCounters) {
    var encoder = SheetRowEncoder(try layout(kinds: kinds, shared: shared, sharing: sharing))
    var output = OutputBuffer()
    var hints = MatchHints()
    try (line + [0x0A]).withUnsafeBytes { try encoder.encode($0, number: 2, into: &output, &hints) }
    return (output.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }, encoder.counters)
}
