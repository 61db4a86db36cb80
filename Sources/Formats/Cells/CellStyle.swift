import Deflate

/// How the values of cells are written as texts.
package struct CellStyle: Sendable, Equatable {
    /// `.` or `,`, in place of the point that PostgreSQL writes in numbers.
    package let decimalMark: UInt8
    /// Whether text that looks like a formula gets a leading apostrophe.
    package let formulaGuard: Bool

    /// No text gets an apostrophe, no number the locale's mark.
    package static let plain = CellStyle(decimalMark: UInt8(ascii: "."), formulaGuard: false)

    package init(decimalMark: UInt8, formulaGuard: Bool) {
        self.decimalMark = decimalMark
        self.formulaGuard = formulaGuard
    }
}

/// The values of rows as they stand in a file, before anything is quoted or escaped. A preview shows them.
package struct CellTexts: ~Copyable {
    private let columns: [CellColumn]
    private var splitter: CopyRowSplitter<CopyEscapes>
    private var renderer: CellRenderer
    private var scratch = OutputBuffer(capacity: 4096)

    package init(columns: [CellColumn], style: CellStyle) {
        self.columns = columns
        splitter = CopyRowSplitter(columnCount: columns.count, attention: CopyEscapes())
        renderer = CellRenderer(decimalMark: style.decimalMark, formulaGuard: style.formulaGuard)
    }

    /// The values of one row, given as PQgetCopyData hands it out; nil for NULL.
    /// - Throws: `CopyTextError` for a row of another number of fields.
    package mutating func texts(_ line: UnsafeRawBufferPointer) throws(CopyTextError) -> [String?] {
        try splitter.split(line)
        var values: [String?] = []
        values.reserveCapacity(columns.count)
        for (index, column) in columns.enumerated() {
            let field = splitter.field(index)
            guard !field.isNull else {
                values.append(nil)
                continue
            }
            let value = scratch.reserve(field.count + CellRenderer.growth)
            let count = renderer.render(field, as: column.kind, mayBeFormula: column.mayHoldFormulas, into: value)
            values.append(String(decoding: UnsafeBufferPointer(start: value, count: count), as: UTF8.self))
        }
        return values
    }
}
