import JSON

/// The counts of a file's cells that a receipt has besides the number of rows.
package struct FileTally: Equatable, Sendable {
    package var formulasNeutralised = 0
    package var textsCut = 0
    package var bytesRepaired = 0
    package var integersAsText = CellTally()
    package var numbersAsText = CellTally()
    package var numbersRounded = CellTally()
    package var datesAsText = CellTally()
    /// nil for a file without sheets.
    package var sheets: Int?

    package init(formulasNeutralised: Int = 0, textsCut: Int = 0, bytesRepaired: Int = 0) {
        self.formulasNeutralised = formulasNeutralised
        self.textsCut = textsCut
        self.bytesRepaired = bytesRepaired
    }

    /// Cells of a workbook whose kind is another than their column's type, and the keys of their columns.
    package struct CellTally: Equatable, Sendable {
        package var cells = 0
        package var columns: [String] = []
    }

    /// Adds a part's counts. Those of a workbook are counted where its parts are joined.
    package static func += (sum: inout FileTally, part: FileTally) {
        sum.formulasNeutralised += part.formulasNeutralised
        sum.textsCut += part.textsCut
        sum.bytesRepaired += part.bytesRepaired
    }
}

extension FileTally {
    /// - Parameters:
    ///   - columns: of the workbook's first table.
    ///   - annexes: the tables after it, whose columns are called by their table's name besides: `summary.sum`.
    init(_ counters: CellCounters, sheets: Int?, of columns: [CellColumn], _ annexes: [AnnexTable]) {
        let names =
            columns.map(\.key) + annexes.flatMap { annex in annex.columns.map { "\(annex.fileName).\($0.key)" } }
        func tally(_ count: CellCount) -> CellTally {
            CellTally(cells: count.cells, columns: count.columns.map { names[$0] })
        }
        formulasNeutralised = counters.formulasNeutralised
        textsCut = counters.textsCut
        bytesRepaired = counters.bytesRepaired
        integersAsText = tally(counters.integersAsText)
        numbersAsText = tally(counters.numbersAsText)
        numbersRounded = tally(counters.numbersRounded)
        datesAsText = tally(counters.datesAsText)
        self.sheets = sheets
    }

    /// As a receipt says it.
    package var members: JSON.Object {
        let cells = [
            ("integersAsText", integersAsText), ("numbersAsText", numbersAsText), ("numbersRounded", numbersRounded),
            ("datesAsText", datesAsText),
        ]
        var members: JSON.Object = ["formulasNeutralised": .int(formulasNeutralised), "textsCut": .int(textsCut)]
        var columns = JSON.Object()
        for (name, tally) in cells {
            members[name] = .int(tally.cells)
            if tally.cells > 0 { columns[name] = .array(tally.columns.map { .string($0) }) }
        }
        members["columns"] = .object(columns)
        members["bytesRepaired"] = .int(bytesRepaired)
        return members
    }
}
