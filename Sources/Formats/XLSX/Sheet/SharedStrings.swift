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
    /// Whether each begins like a formula, and whether it has more than one line: both get a style.
    private let formulas: [Bool]
    private let wraps: [Bool]

    /// Numbers `texts` in their order, without those that come again and those longer than a cell.
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
        wraps = kept.map { text in text.utf8.contains { $0 == 0x0A || $0 == 0x0D } }
    }

    /// The number of a text; nil when it is not in the table.
    func number(of text: String) -> Int? {
        CopyLine.escaped(text).withUnsafeBufferPointer { bytes in
            bytes.baseAddress.flatMap { index.number(of: $0, count: bytes.count) }
        }
    }

    /// The number of a chunk's first place for texts of its own (see `ChunkStrings`); nil when it has no places.
    func place(ofChunk chunk: Int) -> Int? {
        chunk < ChunkStrings.chunks ? texts.count + chunk * ChunkStrings.places : nil
    }

    /// The number of a field that is not NULL; nil when its text is not in the table.
    @inline(__always)
    func number(of field: CopyField) -> Int? { index.number(of: field.start, count: field.count) }

    @inline(__always)
    func looksLikeFormula(_ number: Int) -> Bool { formulas[number] }

    @inline(__always)
    func hasLineEnd(_ number: Int) -> Bool { wraps[number] }

    /// Writes an `<si>` element for each text.
    func writeXML(into output: inout OutputBuffer) {
        let special = SheetText.specialBytes()
        for text in texts {
            // With a byte more than the text, because an empty array may have no address.
            var bytes = Array(text.utf8) + [0]
            bytes.withUnsafeMutableBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return }
                let count = SheetText.unifyLineEnds(base, count: bytes.count - 1)
                output.append("<si>")
                SheetText.writeElement(base, count: count, special: special, into: &output)
                output.append("</si>")
            }
        }
    }
}
