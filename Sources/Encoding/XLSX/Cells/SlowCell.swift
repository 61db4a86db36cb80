import Deflate

/// The long way of a cell: everything that is not a plain value of its column's kind.
struct SlowCell: ~Copyable {
    var counters = SheetCounters()
    private let special = SheetText.specialBytes()
    private var scratch = OutputBuffer(capacity: 4096)

    /// Writes the rest of a cell whose reference has been written. The field is not NULL.
    /// - Parameter mayBeFormula: whether the column's texts may be (see `CellColumn`).
    mutating func put(
        _ field: CopyField, as kind: CellKind, mayBeFormula: Bool, _ snippets: borrowing SheetSnippets,
        at cursor: inout SheetCursor
    ) {
        let text = scratch.reserve(field.count + CellRenderer.growth)
        var count = field.unescape(into: text)
        var mayBeFormula = mayBeFormula
        switch kind {
        case .text, .boolean:
            break
        case .number:
            switch SheetNumber.judge(text, count: count) {
            case .number:
                cursor.putShort(snippets.number)
                cursor.copy(text, count: count)
                cursor.putShort(snippets.valueEnd)
                return
            case .tooLong:
                counters.numbersAsText += 1
                mayBeFormula = false
            case .word: mayBeFormula = false
            case .text: break
            }
        case .date:
            mayBeFormula = mayBeFormula && !Self.isEndless(text, count: count)
        case .timestamp:
            mayBeFormula = mayBeFormula && !Self.isEndless(text, count: count)
            count = CellRenderer.timestamp(field, into: text)
        }
        putText(text, count: count, mayBeFormula: mayBeFormula, snippets, at: &cursor)
    }

    private mutating func putText(
        _ text: UnsafePointer<UInt8>, count: Int, mayBeFormula: Bool, _ snippets: borrowing SheetSnippets,
        at cursor: inout SheetCursor
    ) {
        let fitting = SheetText.fitting(text, count: count)
        if fitting < count { counters.textsCut += 1 }
        if mayBeFormula && FormulaGuard.applies(to: text, count: fitting) {
            counters.formulasNeutralised += 1
            cursor.putShort(snippets.style)
        }
        cursor.putLong(snippets.textStart)
        if SheetText.needsPreserving(text, count: fitting) {
            cursor.putMiddling(snippets.preservingElement.0)
            cursor.putMiddling(snippets.preservingElement.1)
        } else {
            cursor.putShort(snippets.element)
        }
        SheetText.put(text, count: fitting, special: special, at: &cursor)
        cursor.putMiddling(snippets.textEnd)
    }

    /// `-infinity`, which is a date and no formula.
    private static func isEndless(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        "-infinity".utf8.elementsEqual(UnsafeBufferPointer(start: text, count: count))
    }
}
