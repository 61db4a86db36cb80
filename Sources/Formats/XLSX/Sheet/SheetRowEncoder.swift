import Deflate

/// Writes rows of COPY's text format as `<row>` elements, every row and cell with its reference.
///
/// Nearly all fields are plain (see `CopyRowSplitter`) and take the short way: a few stores of machine words around
/// one copy. All others take the long way through `SlowCell`.
///
/// Worst case of a cell: its reference and markup, `cellGrowth`, and its text, each byte of which may become seven.
///
/// Measured: 1,000,000 rows of 11 columns (115 MB of COPY text) become 505 MB of XML in 0.16 s of CPU.
package struct SheetRowEncoder: ~Copyable {
    private let columns: UnsafeMutablePointer<ColumnStart>
    private let columnCount: Int
    private let sharedStrings: SharedStrings
    private let snippets = SheetSnippets()
    /// A plain text that begins with one of these takes the long way: blanks and formula signs.
    private let specialFirst: ByteTable
    private var splitter: CopyRowSplitter<SheetAttention>
    private var slow = SlowCell()
    private var dates = DateMemory()
    private var repaired = OutputBuffer(capacity: 64)
    private var uses = 0
    private var trace: RowTrace

    private static let cellGrowth = 96
    /// Room for the longest text that a cell can have, every byte of it escaped.
    private static let longestCell = (SheetText.longestUnits + 4) * SheetText.growth

    /// Everything about a column that its cells need, in one line of the cache.
    private struct ColumnStart {
        /// `<c r="AB`
        let start: Snippet
        let kind: CellKind
        let sharesStrings: Bool
        let mayHoldFormulas: Bool
    }

    package init(_ layout: SheetLayout) {
        columnCount = layout.columns.count
        columns = .allocate(capacity: max(columnCount, 1))
        for (index, column) in layout.columns.enumerated() {
            (columns + index).initialize(
                to: ColumnStart(
                    start: Snippet("<c r=\"\(SheetLayout.letters(ofColumn: index))"), kind: column.kind,
                    sharesStrings: column.sharesStrings && !layout.sharedStrings.texts.isEmpty,
                    mayHoldFormulas: column.mayHoldFormulas))
        }
        sharedStrings = layout.sharedStrings
        specialFirst = ByteTable { $0 == UInt8(ascii: " ") || FormulaGuard.mayBegin(with: $0) }
        splitter = CopyRowSplitter(columnCount: columnCount, attention: SheetAttention())
        trace = RowTrace(columnCount: columnCount)
    }

    deinit { columns.deallocate() }

    package var counters: CellCounters {
        var counters = slow.counters
        counters.sharedStringUses += uses
        return counters
    }

    /// Before the first row of a chunk.
    /// - Parameter place: the number of the first text that the chunk's cells may name besides those of the table; nil
    ///   when the chunk has no places.
    mutating func beginChunk(at place: Int?) {
        slow.strings.begin(at: place)
        trace.restart()
    }

    /// Hands over, after a chunk's last row, the texts that its cells name in its own places, if there are any.
    /// - Parameter body: takes an `<si>` element for each, and how many they are.
    func withStrings(_ body: (UnsafeRawBufferPointer, Int) throws -> Void) rethrows {
        guard slow.strings.count > 0 else { return }
        try slow.strings.xml.withUnsafeBytes { try body($0, slow.strings.count) }
    }

    /// Appends one row, given as PQgetCopyData hands it out. Nothing is appended when it throws.
    /// - Parameters:
    ///   - number: the row's number in its sheet, from 2 to 1,048,576.
    ///   - hints: what the deflater may know of the row.
    /// - Throws: `CopyTextError` for a row of another number of fields.
    package mutating func encode(
        _ line: UnsafeRawBufferPointer, number: Int, into output: inout OutputBuffer, _ hints: inout MatchHints
    ) throws(CopyTextError) {
        try splitter.split(line)
        if !splitter.isASCII && !UTF8Text.isValid(line) {
            try splitRepaired(line)
        }
        let room = min(line.count * SheetText.growth, columnCount * Self.longestCell)
        let start = output.reserve(room + columnCount * Self.cellGrowth + 64 + SheetCursor.slack)
        var cursor = SheetCursor(start)
        let digits = Decimal.digits(UInt32(truncatingIfNeeded: number))
        cursor.putShort(snippets.rowStart)
        cursor.put(digits.bytes, count: digits.count)
        cursor.putShort(snippets.tagEnd)
        var row = trace.row(start, behind: output.count, cursor, &hints)
        let sourceEnd = splitter.rowEnd
        for index in 0..<columnCount {
            let field = splitter.field(index)
            if !field.isPlain && field.isNull {
                // The last cell is there even without a value: readers take the row's length from it.
                guard index == columnCount - 1 else { continue }
            }
            let cell = cursor.position
            cursor.putMiddling(columns[index].start)
            let numberStart = cursor.position
            cursor.put(digits.bytes, count: digits.count)
            let form = put(field, index, at: &cursor, sourceEnd: sourceEnd)
            row.note(cell: cell, number: numberStart, cursor, column: index, form: form)
        }
        trace.end(row, &hints)
        cursor.putShort(snippets.rowEnd)
        output.advance(start.distance(to: cursor.position))
    }

    /// Writes a cell behind its reference.
    /// - Returns: its form.
    @inline(__always)
    private mutating func put(
        _ field: CopyField, _ index: Int, at cursor: inout SheetCursor, sourceEnd: UnsafePointer<UInt8>
    ) -> Int {
        let kind = columns[index].kind
        let mayBeFormula = columns[index].mayHoldFormulas
        if columns[index].sharesStrings && putShared(field, mayBeFormula: mayBeFormula, at: &cursor) {
            return RowTrace.Form.shared
        }
        if field.isPlain {
            if putPlain(field, as: kind, at: &cursor, sourceEnd: sourceEnd) {
                return RowTrace.Form.ofKind + Int(kind.rawValue)
            }
        } else if field.isNull {
            cursor.beginValue()
            cursor.endValue()
            cursor.putShort(snippets.empty)
            return RowTrace.Form.empty
        }
        slow.put(field, as: kind, column: index, mayBeFormula: mayBeFormula, snippets, at: &cursor)
        return RowTrace.Form.slow
    }

    /// The short way; false, with no byte written, when the field needs the long one.
    @inline(__always)
    private mutating func putPlain(
        _ field: CopyField, as kind: CellKind, at cursor: inout SheetCursor, sourceEnd: UnsafePointer<UInt8>
    ) -> Bool {
        let count = field.count
        let text = field.start
        switch kind {
        case .text:
            guard count > 0, count <= SheetText.longestUnits, !specialFirst[text[0]],
                text[count - 1] != UInt8(ascii: " ")
            else { return false }
            cursor.putLong(snippets.text)
            cursor.beginValue()
            cursor.copy(text, count: count, sourceEnd: sourceEnd)
            cursor.endValue()
            cursor.putMiddling(snippets.textEnd)
        case .number:
            guard SheetNumber.isShort(text, count: count) else { return false }
            cursor.putShort(snippets.number)
            cursor.beginValue()
            cursor.copy(text, count: count, sourceEnd: sourceEnd)
            cursor.endValue()
            cursor.putShort(snippets.valueEnd)
        case .boolean:
            guard count == 1, text[0] == UInt8(ascii: "t") || text[0] == UInt8(ascii: "f") else { return false }
            cursor.putMiddling(text[0] == UInt8(ascii: "t") ? snippets.yes : snippets.no)
            cursor.beginValue()
            cursor.endValue()
            cursor.putShort(snippets.valueEnd)
        case .date:
            guard count == 10, dates.look(text) else { return false }
            cursor.putMiddling(snippets.date)
            cursor.beginValue()
            cursor.put(dates.digits, count: dates.digitCount)
            cursor.endValue()
            cursor.putShort(snippets.valueEnd)
        case .timestamp:
            guard count >= 19, text[10] == UInt8(ascii: " "),
                let second = SerialDate.timeOfDay(text + 11, count: count - 11), dates.look(text)
            else { return false }
            cursor.putMiddling(snippets.timestamp)
            cursor.beginValue()
            cursor.put(dates.digits, count: dates.digitCount)
            if second > 0 {
                Self.putFraction(SerialDate.fraction(ofSecond: second, isLate: dates.isLate), at: &cursor)
            }
            cursor.endValue()
            cursor.putShort(snippets.valueEnd)
        }
        return true
    }

    @inline(__always)
    private mutating func putShared(
        _ field: CopyField, mayBeFormula: Bool, at cursor: inout SheetCursor
    ) -> Bool {
        guard let number = sharedStrings.number(of: field) else { return false }
        let isQuoted = mayBeFormula && sharedStrings.looksLikeFormula(number)
        if isQuoted { slow.counters.formulasNeutralised += 1 }
        snippets.putStyle(isQuoted: isQuoted, wraps: sharedStrings.hasLineEnd(number), at: &cursor)
        snippets.putShared(number, at: &cursor)
        uses += 1
        return true
    }

    /// `.4375` for 437,500,000,000 units of 10^-12.
    @inline(__always)
    private static func putFraction(_ units: UInt64, at cursor: inout SheetCursor) {
        cursor.put(UInt8(ascii: "."))
        let upper = Decimal.eightDigits(UInt32(truncatingIfNeeded: units / 10_000))
        let lower = units % 10_000
        if lower == 0 {
            cursor.put(upper, count: 8 - ((upper ^ 0x3030_3030_3030_3030).leadingZeroBitCount >> 3))
        } else {
            cursor.put(upper, count: 8)
            let padded = Decimal.eightDigits(UInt32(truncatingIfNeeded: lower) * 10_000)
            cursor.put(padded, count: 8 - ((padded ^ 0x3030_3030_3030_3030).leadingZeroBitCount >> 3))
        }
    }

    /// Splits a copy of the line in which bytes that are not UTF-8 are replaced.
    private mutating func splitRepaired(_ line: UnsafeRawBufferPointer) throws(CopyTextError) {
        repaired.removeAll()
        slow.counters.bytesRepaired += UTF8Text.repair(line, into: &repaired)
        try repaired.withUnsafeBytes { bytes throws(CopyTextError) in try splitter.split(bytes) }
    }
}
