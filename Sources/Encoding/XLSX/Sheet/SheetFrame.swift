import Deflate

/// What stands before and after the data rows of a sheet.
enum SheetFrame {
    /// From the XML declaration to the header row: first row frozen, columns as wide as their kinds need.
    /// - Parameter isFirst: whether it is the sheet that shows when the file is opened.
    static func writeHead(
        _ columns: [CellColumn], isFirst: Bool, counters: inout SheetCounters, into output: inout OutputBuffer
    ) {
        output.append(XMLText.declaration)
        output.append("<worksheet xmlns=\"\(XMLText.main)\"><sheetViews>")
        output.append("<sheetView\(isFirst ? " tabSelected=\"1\"" : "") workbookViewId=\"0\">")
        output.append("<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>")
        output.append("<selection pane=\"bottomLeft\"/></sheetView></sheetViews>")
        output.append("<sheetFormatPr defaultRowHeight=\"15\"/>")
        if !columns.isEmpty {
            output.append("<cols>")
            for (index, column) in columns.enumerated() {
                let place = "min=\"\(index + 1)\" max=\"\(index + 1)\""
                output.append("<col \(place) width=\"\(width(of: column)).7109375\" customWidth=\"1\"/>")
            }
            output.append("</cols>")
        }
        output.append("<sheetData><row r=\"1\">")
        let special = SheetText.specialBytes()
        for (index, column) in columns.enumerated() {
            writeHeaderCell(
                column.label, SheetLayout.letters(ofColumn: index) + "1", special, &counters, into: &output)
        }
        output.append("</row>")
    }

    /// - Parameter lastRow: the sheet's last row, 1 when it has its header alone.
    static func writeFoot(_ columns: [CellColumn], lastRow: Int, into output: inout OutputBuffer) {
        output.append("</sheetData>")
        if let range = filterRange(columns.count, lastRow: lastRow) {
            output.append("<autoFilter ref=\"A1:\(range.letters)\(range.row)\"/>")
        }
        output.append("</worksheet>")
    }

    /// The filter's last cell; nothing for a sheet without columns.
    static func filterRange(_ columnCount: Int, lastRow: Int) -> (letters: String, row: Int)? {
        columnCount > 0 ? (SheetLayout.letters(ofColumn: columnCount - 1), lastRow) : nil
    }

    private static func writeHeaderCell(
        _ label: String, _ reference: String, _ special: borrowing ByteTable, _ counters: inout SheetCounters,
        into output: inout OutputBuffer
    ) {
        // With a byte more than the label, because an empty array may have no address.
        let bytes = Array(label.utf8) + [0]
        bytes.withUnsafeBufferPointer { bytes in
            guard let text = bytes.baseAddress else { return }
            let count = SheetText.fitting(text, count: bytes.count - 1)
            if count < bytes.count - 1 { counters.textsCut += 1 }
            let isFormula = FormulaGuard.applies(to: text, count: count)
            if isFormula { counters.formulasNeutralised += 1 }
            let style = isFormula ? SheetStyle.quotedHeader : SheetStyle.header
            let space = SheetText.needsPreserving(text, count: count) ? " xml:space=\"preserve\"" : ""
            output.append("<c r=\"\(reference)\" s=\"\(style.rawValue)\" t=\"inlineStr\"><is><t\(space)>")
            let start = output.reserve(count * SheetText.growth + SheetCursor.slack)
            var cursor = SheetCursor(start)
            SheetText.put(text, count: count, special: special, at: &cursor)
            output.advance(start.distance(to: cursor.position))
            output.append("</t></is></c>")
        }
    }

    /// In digits of the default font: the label with room for the filter's arrow, the kind's usual value, at most 60.
    private static func width(of column: CellColumn) -> Int {
        let usual =
            switch column.kind {
            case .text: 18
            case .number: 11
            case .boolean: 7
            case .timestamp: 19
            case .date: 11
            }
        return min(max(usual, column.label.unicodeScalars.count + 3), 60)
    }
}
