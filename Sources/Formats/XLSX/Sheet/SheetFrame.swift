import Deflate

/// The XML before and after the data rows of a sheet.
enum SheetFrame {
    /// From the XML declaration to the header row: first row frozen, columns as wide as their contents.
    /// - Parameter isFirst: whether it is the sheet that shows when the file is opened.
    static func writeHead(
        _ layout: SheetLayout, isFirst: Bool, counters: inout CellCounters, into output: inout OutputBuffer
    ) {
        output.append(XMLText.declaration)
        output.append("<worksheet xmlns=\"\(XMLText.main)\"><sheetViews><sheetView")
        if layout.isRightToLeft { output.append(" rightToLeft=\"1\"") }
        if isFirst { output.append(" tabSelected=\"1\"") }
        output.append(" workbookViewId=\"0\">")
        output.append("<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>")
        output.append("<selection pane=\"bottomLeft\"/></sheetView></sheetViews>")
        output.append("<sheetFormatPr defaultRowHeight=\"15\"/>")
        if !layout.columns.isEmpty {
            output.append("<cols>")
            for (index, width) in layout.widths.enumerated() {
                let place = "min=\"\(index + 1)\" max=\"\(index + 1)\""
                output.append("<col \(place) width=\"\(width).7109375\" customWidth=\"1\"/>")
            }
            output.append("</cols>")
        }
        output.append("<sheetData><row r=\"1\">")
        let special = SheetText.specialBytes()
        for (index, column) in layout.columns.enumerated() {
            let reference = SheetLayout.letters(ofColumn: index) + "1"
            writeHeaderCell(column.label, reference, layout.sharedStrings, special, &counters, into: &output)
        }
        output.append("</row>")
    }

    /// From the end of the rows: filter, print set-up, and no marks at numbers that are text on purpose. The order of
    /// the elements is the schema's (ECMA-376 part 1, CT_Worksheet).
    /// - Parameter lastRow: the sheet's last row, 1 when it has its header alone.
    static func writeFoot(_ layout: SheetLayout, lastRow: Int, into output: inout OutputBuffer) {
        output.append("</sheetData>")
        if let range = filterRange(layout.columns.count, lastRow: lastRow) {
            output.append("<autoFilter ref=\"A1:\(range.letters)\(range.row)\"/>")
        }
        output.append("<pageSetup orientation=\"landscape\"/>")
        let ranges = rangesOfTexts(layout.columns, lastRow: lastRow)
        if !ranges.isEmpty {
            output.append("<ignoredErrors><ignoredError sqref=\"\(ranges)\" numberStoredAsText=\"1\"/></ignoredErrors>")
        }
        output.append("</worksheet>")
    }

    /// The filter's last cell; nil for a sheet without columns.
    static func filterRange(_ columnCount: Int, lastRow: Int) -> (letters: String, row: Int)? {
        columnCount > 0 ? (SheetLayout.letters(ofColumn: columnCount - 1), lastRow) : nil
    }

    /// The cells that may hold digits as text: texts, and integers that are too long for a number. `A2:B9 D2:D9`.
    private static func rangesOfTexts(_ columns: [CellColumn], lastRow: Int) -> String {
        guard lastRow > 1 else { return "" }
        var ranges: [ClosedRange<Int>] = []
        for (index, column) in columns.enumerated() where column.kind == .text || column.kind == .number {
            if let last = ranges.last, last.upperBound == index - 1 {
                ranges[ranges.count - 1] = last.lowerBound...index
            } else {
                ranges.append(index...index)
            }
        }
        return ranges.map {
            let (first, last) = ($0.lowerBound, $0.upperBound)
            return "\(SheetLayout.letters(ofColumn: first))2:\(SheetLayout.letters(ofColumn: last))\(lastRow)"
        }.joined(separator: " ")
    }

    private static func writeHeaderCell(
        _ label: String, _ reference: String, _ strings: SharedStrings, _ special: borrowing ByteTable,
        _ counters: inout CellCounters, into output: inout OutputBuffer
    ) {
        // With a byte more than the label, because an empty array may have no address.
        var bytes = Array(label.utf8) + [0]
        bytes.withUnsafeMutableBufferPointer { bytes in
            guard let text = bytes.baseAddress else { return }
            let length = SheetText.unifyLineEnds(text, count: bytes.count - 1)
            let count = SheetText.fitting(text, count: length)
            if count < length { counters.textsCut += 1 }
            let isFormula = FormulaGuard.applies(to: text, count: count)
            if isFormula { counters.formulasNeutralised += 1 }
            let style = SheetStyle.header(isQuoted: isFormula, wraps: SheetText.hasLineEnd(text, count: count))
            output.append("<c r=\"\(reference)\" s=\"\(style.rawValue)\"")
            if SheetText.hasBlankEdge(text, count: count), let number = strings.number(of: label) {
                counters.sharedStringUses += 1
                return output.append(" t=\"s\"><v>\(number)</v></c>")
            }
            output.append(" t=\"inlineStr\"><is>")
            SheetText.writeElement(text, count: count, special: special, into: &output)
            output.append("</is></c>")
        }
    }
}
