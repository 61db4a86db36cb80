/// The first rows of a table, from which its layout is made: how wide its columns are, and which texts are shared.
///
/// Labels and enums are few, so they nearly all show up there, and the others are written inline. The same first rows
/// make the same layout, whether they come from a query of their own before parts are forked or are held back by the
/// one process that writes them all.
package struct FirstRows {
    /// As COPY sends them, as many as were taken.
    package private(set) var lines: [[UInt8]] = []
    private var bytes = 0

    package static let mostRows = 1000
    private static let mostBytes = 1024 * 1024

    package init() {}

    /// Whether it takes no more rows.
    package var isFull: Bool { lines.count >= Self.mostRows || bytes >= Self.mostBytes }

    /// Takes a row, given as PQgetCopyData hands it out.
    package mutating func take(_ line: UnsafeRawBufferPointer) {
        lines.append(Array(line))
        bytes += line.count
    }

    /// - Parameters:
    ///   - name: where sheet names come from; nil for "Sheet1", "Sheet2".
    ///   - sharesStrings: false for a table whose workbook has shared strings of another one.
    /// - Throws: `XLSXError` for too many columns, and `CopyTextError`.
    package func layout(
        _ columns: [CellColumn], name: String? = nil, isRightToLeft: Bool = false, sharesStrings: Bool = true
    ) throws -> SheetLayout {
        var widths = Array(repeating: 0, count: columns.count)
        // Labels that a reader could trim, then the distinct texts of the columns that share strings, in the rows'
        // order.
        var texts = columns.map(\.label).filter { SheetText.hasBlankEdge($0) }
        var splitter = CopyRowSplitter(columnCount: columns.count, attention: SheetAttention())
        for line in lines {
            try line.withUnsafeBytes { bytes in
                try splitter.split(bytes)
                let isASCII = splitter.isASCII
                for (index, column) in columns.enumerated() {
                    let field = splitter.field(index)
                    if column.sharesStrings, let text = field.text { texts.append(text) }
                    guard ColumnWidth.varies(column.kind), widths[index] < ColumnWidth.most else { continue }
                    widths[index] = max(widths[index], Self.width(of: field, isASCII: isASCII))
                }
            }
        }
        return try SheetLayout(
            columns, widths: widths, name: name, isRightToLeft: isRightToLeft,
            sharedStrings: sharesStrings ? SharedStrings(texts) : .none)
    }

    private static func width(of field: CopyField, isASCII: Bool) -> Int {
        if field.isPlain && isASCII { return field.count }
        return field.text.map { DisplayWidth.widestLine(of: $0) } ?? 0
    }
}
