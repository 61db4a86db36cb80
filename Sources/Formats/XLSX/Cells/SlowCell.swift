import Deflate

/// The long way of a cell: everything that is not a plain value of its column's kind.
struct SlowCell: ~Copyable {
    var counters = CellCounters()
    /// Of the chunk whose rows are being written.
    var strings = ChunkStrings()
    private let special = SheetText.specialBytes()
    private var scratch = OutputBuffer(capacity: 4096)

    /// Writes the rest of a cell whose reference has been written. The field is not NULL.
    /// - Parameters:
    ///   - column: the column's place in the table, for the counters.
    ///   - mayBeFormula: whether the column's texts may be (see `CellColumn`).
    mutating func put(
        _ field: CopyField, as kind: CellKind, column: Int, mayBeFormula: Bool, _ snippets: borrowing SheetSnippets,
        at cursor: inout SheetCursor
    ) {
        let text = scratch.reserve(field.count + CellRenderer.growth)
        var count = field.unescape(into: text)
        var mayBeFormula = mayBeFormula
        switch kind {
        case .text, .boolean:
            break
        case .number:
            text[count] = 0
            let verdict = SheetNumber.judge(text, count: count)
            switch verdict {
            case .exact, .approximate, .rounded:
                cursor.putShort(snippets.number)
                cursor.beginValue()
                if case .rounded(let value) = verdict { cursor.put(value) } else { cursor.copy(text, count: count) }
                cursor.endValue()
                cursor.putShort(snippets.valueEnd)
                if case .exact = verdict { return }
                return counters.numbersRounded.add(column: column)
            case .longInteger:
                counters.integersAsText.add(column: column)
                mayBeFormula = false
            case .unsayable:
                counters.numbersAsText.add(column: column)
                mayBeFormula = false
            case .text: break
            }
        case .date:
            counters.datesAsText.add(column: column)
            mayBeFormula = mayBeFormula && !Self.isEndless(text, count: count)
        case .timestamp:
            counters.datesAsText.add(column: column)
            mayBeFormula = mayBeFormula && !Self.isEndless(text, count: count)
            count = CellRenderer.timestamp(field, into: text)
        }
        putText(text, count: count, mayBeFormula: mayBeFormula, snippets, at: &cursor)
    }

    private mutating func putText(
        _ text: UnsafeMutablePointer<UInt8>, count: Int, mayBeFormula: Bool, _ snippets: borrowing SheetSnippets,
        at cursor: inout SheetCursor
    ) {
        let count = SheetText.unifyLineEnds(text, count: count)
        let fitting = SheetText.fitting(text, count: count)
        if fitting < count { counters.textsCut += 1 }
        let isFormula = mayBeFormula && FormulaGuard.applies(to: text, count: fitting)
        if isFormula { counters.formulasNeutralised += 1 }
        snippets.putStyle(isQuoted: isFormula, wraps: SheetText.hasLineEnd(text, count: fitting), at: &cursor)
        if SheetText.hasBlankEdge(text, count: fitting) {
            if let number = strings.number(of: text, count: fitting, special: special) {
                counters.sharedStringUses += 1
                return snippets.putShared(number, at: &cursor)
            }
            cursor.putLong(snippets.textStart)
            cursor.putMiddling(snippets.preservingElement.0)
            cursor.putMiddling(snippets.preservingElement.1)
        } else {
            cursor.putLong(snippets.textStart)
            cursor.putShort(snippets.element)
        }
        cursor.beginValue()
        SheetText.put(text, count: fitting, special: special, at: &cursor)
        cursor.endValue()
        cursor.putMiddling(snippets.textEnd)
    }

    /// `-infinity`, which is a date and no formula.
    private static func isEndless(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        "-infinity".utf8.elementsEqual(UnsafeBufferPointer(start: text, count: count))
    }
}

extension SheetCursor {
    /// The shortest digits that name a double, at most 24 bytes.
    fileprivate mutating func put(_ value: Double) {
        var digits = value.description
        digits.withUTF8 { digits in
            if let start = digits.baseAddress { copy(start, count: digits.count) }
        }
    }
}
