import Catalog
import Encoding

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
    package var integersAsText = 0
    package var bytesRepaired = 0
    /// Nothing for a file without sheets.
    package var sheets: Int?

    /// Adds what a part says of its own cells.
    static func += (sum: inout FileTally, part: FileTally) {
        sum.formulasNeutralised += part.formulasNeutralised
        sum.textsCut += part.textsCut
        sum.integersAsText += part.integersAsText
        sum.bytesRepaired += part.bytesRepaired
    }
}

extension FileTally {
    init(_ counters: SheetCounters, sheets: Int?) {
        self.init(
            formulasNeutralised: counters.formulasNeutralised, textsCut: counters.textsCut,
            integersAsText: counters.numbersAsText, bytesRepaired: counters.bytesRepaired, sheets: sheets)
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
