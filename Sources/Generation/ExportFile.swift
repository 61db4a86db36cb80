import Catalog
import Encoding
import JSON

/// COPY rows on their way into a file of some format, and on from there to the sink that it was made with.
protocol ExportFile: AnyObject {
    /// Rows taken.
    var rows: Int { get }
    /// Complete after `end`.
    var tally: FileTally { get }

    /// Writes what stands before the first row.
    func begin() throws
    /// - Parameter line: one row in COPY's text format; its bytes are valid only inside the call.
    func append(_ line: UnsafeRawBufferPointer) throws
    /// Writes what is left. The file is complete.
    func end() throws
}

/// What a receipt says of a file's cells besides their rows.
package struct FileTally: Equatable, Sendable {
    package var formulasNeutralised = 0
    package var textsCut = 0
    package var bytesRepaired = 0
    package var integersAsText = CellTally()
    package var numbersAsText = CellTally()
    package var numbersRounded = CellTally()
    package var datesAsText = CellTally()
    /// Nothing for a file without sheets.
    package var sheets: Int?

    /// Cells of a workbook that are not what their column's type says, and the keys of their columns.
    package struct CellTally: Equatable, Sendable {
        package var cells = 0
        package var columns: [String] = []
    }

    /// Adds what a part says of its own cells. A workbook's are counted where its parts are joined.
    static func += (sum: inout FileTally, part: FileTally) {
        sum.formulasNeutralised += part.formulasNeutralised
        sum.textsCut += part.textsCut
        sum.bytesRepaired += part.bytesRepaired
    }
}

extension FileTally {
    /// - Parameters:
    ///   - columns: of the workbook's first table.
    ///   - annexes: the tables after it, whose columns are called by their table's name besides: `summary.sum`.
    init(_ counters: SheetCounters, sheets: Int?, of columns: [CellColumn], _ annexes: [AnnexTable]) {
        let names =
            columns.map(\.key) + annexes.flatMap { annex in annex.columns.map { "\(annex.fileName).\($0.key)" } }
        func tally(_ count: CellCount) -> CellTally {
            CellTally(cells: count.cells, columns: count.columns.map { names[$0] })
        }
        self.init(
            formulasNeutralised: counters.formulasNeutralised, textsCut: counters.textsCut,
            bytesRepaired: counters.bytesRepaired, integersAsText: tally(counters.integersAsText),
            numbersAsText: tally(counters.numbersAsText), numbersRounded: tally(counters.numbersRounded),
            datesAsText: tally(counters.datesAsText), sheets: sheets)
    }

    /// As a receipt says it.
    var members: JSONObject {
        let cells = [
            ("integersAsText", integersAsText), ("numbersAsText", numbersAsText), ("numbersRounded", numbersRounded),
            ("datesAsText", datesAsText),
        ]
        var members: JSONObject = ["formulasNeutralised": .int(formulasNeutralised), "textsCut": .int(textsCut)]
        var columns = JSONObject()
        for (name, tally) in cells {
            members[name] = .int(tally.cells)
            if tally.cells > 0 { columns[name] = .array(tally.columns.map { .string($0) }) }
        }
        members["columns"] = .object(columns)
        members["bytesRepaired"] = .int(bytesRepaired)
        return members
    }
}

extension ExportRequest {
    /// How a preview writes the cells. A workbook's are typed: no text gets an apostrophe, no number the locale's mark.
    var cellFormat: CSVFormat {
        get throws(ExportFailure) {
            switch format {
            case .csv: return try CSVFormat(csvOptions)
            case .xlsx:
                guard let format = CSVFormat(formulaGuard: false) else {
                    throw ExportFailure("internal_error", "The file could not be written")
                }
                return format
            }
        }
    }
}
