/// The first rows of a table, from which its shared strings are made: labels and enums are few, so they nearly all show
/// up there, and the others are written inline.
///
/// The same first rows make the same strings, whether they come from a query of their own before parts are forked or are
/// held back by the one process that writes them all.
package struct SharedStringSample {
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

    /// The distinct texts of the columns that share strings, in the order of the rows.
    package func sharedStrings(_ columns: [CellColumn]) throws -> SharedStrings {
        guard columns.contains(where: \.sharesStrings) else { return .none }
        var texts: [String] = []
        var splitter = CopyRowSplitter(columnCount: columns.count, attention: SheetAttention())
        for line in lines {
            try line.withUnsafeBytes { bytes in
                try splitter.split(bytes)
                for (index, column) in columns.enumerated() where column.sharesStrings {
                    if let text = splitter.field(index).text { texts.append(text) }
                }
            }
        }
        return SharedStrings(texts)
    }
}
