import Deflate

/// The texts that a workbook holds once and its cells name by number. It is made before the first row and never
/// changes, so that forked children inherit the same table and number alike.
///
/// Rows are looked up as COPY sends them, escapes and all: the table keeps its texts in that form.
package final class SharedStrings {
    /// No texts.
    package static var none: SharedStrings { SharedStrings([String]()) }

    /// In the order of their numbers.
    package let texts: [String]
    private let index: ByteIndex
    /// Whether each begins like a formula and gets the style for that.
    private let formulas: [Bool]

    /// Numbers `texts` in their order; what comes again and what no cell has room for is left out.
    package init(_ texts: some Sequence<String>) {
        var known: Set<String> = []
        let kept = texts.filter { $0.utf8.count <= SheetText.longestUnits && known.insert($0).inserted }
        self.texts = kept
        index = ByteIndex(kept.map { CopyLine.escaped($0) })
        formulas = kept.map { text in
            Array(text.utf8).withUnsafeBufferPointer { bytes in
                bytes.baseAddress.map { FormulaGuard.applies(to: $0, count: bytes.count) } ?? false
            }
        }
    }

    /// The number of a field that is not NULL; nothing when its text is not in the table.
    @inline(__always)
    func number(of field: CopyField) -> Int? { index.number(of: field.start, count: field.count) }

    @inline(__always)
    func looksLikeFormula(_ number: Int) -> Bool { formulas[number] }

    /// xl/sharedStrings.xml.
    /// - Parameter uses: how many cells name a text of the table.
    func writeXML(uses: Int, into output: inout OutputBuffer) {
        output.append(XMLText.declaration)
        output.append("<sst xmlns=\"\(XMLText.main)\" count=\"\(uses)\" uniqueCount=\"\(texts.count)\">")
        let special = SheetText.specialBytes()
        for text in texts {
            let bytes = Array(text.utf8)
            bytes.withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return output.append("<si><t></t></si>") }
                let preserving = SheetText.needsPreserving(base, count: bytes.count)
                output.append(preserving ? "<si><t xml:space=\"preserve\">" : "<si><t>")
                let start = output.reserve(bytes.count * SheetText.growth + SheetCursor.slack)
                var cursor = SheetCursor(start)
                SheetText.put(base, count: bytes.count, special: special, at: &cursor)
                output.advance(start.distance(to: cursor.position))
                output.append("</t></si>")
            }
        }
        output.append("</sst>")
    }
}
