/// One word of requests, `csv` or `xlsx`, and everything there is to know of the files behind it. A format is a folder
/// with one such value, and a place in the list (`ExportFormat`); other code does not ask which format a file has.
package protocol FileFormat: Sendable {
    /// In requests, catalogs and the rows of jobs, and on the Records API (`format_type`). ASCII letters and digits.
    var word: String { get }
    /// At the end of a `report_type` of the Recent API: `delivery_orders_excel`.
    var recentWord: String { get }
    /// The members of a request that belong to it, in the order in which they are stored.
    var options: [FormatOption] { get }
    /// All kinds of files that a request of this format can come to.
    var kinds: [FileKind] { get }

    /// How a request's file is written.
    func variant(_ request: FileRequest) -> any FileVariant
    /// How a preview writes the cells of such a file.
    func previewStyle(_ request: FileRequest) -> CellStyle
}

extension FileFormat {
    package var recentWord: String { word }
    package var options: [FormatOption] { [] }
    package func previewStyle(_ request: FileRequest) -> CellStyle { .plain }
}

/// One of the ways in which a format writes a file: as it is, compressed, or in an archive with its annexes.
package protocol FileVariant: Sendable {
    var kind: FileKind { get }
    /// The kind of file that a part is when it is given away by itself.
    var partKind: FileKind { get }

    /// The file that one process writes, with all rows.
    /// - Parameter sink: takes the file's bytes in order.
    func file(of table: FileTable, sink: @escaping ByteSink) -> any RowFile

    /// How several processes write the file. It is made once, before the first fork, so that all of them work alike.
    /// - Parameter firstRows: gives the first rows of the whole, for formats whose layout is made of them.
    /// - Throws: `FormatLimit` when the format cannot hold such a table, and the errors of `firstRows`.
    func parts(of table: FileTable, firstRows: () throws -> FirstRows) throws -> any PartFormat
}

/// The ending of a file's name, and the media type that a browser is told.
package struct FileKind: Hashable, Sendable {
    /// Without the dot before it: `csv.gz`.
    package let ending: String
    package let mediaType: String

    package init(ending: String, mediaType: String) {
        self.ending = ending
        self.mediaType = mediaType
    }
}

/// The members of a request that decide how its file is written, in any format.
package struct FileRequest: Equatable, Sendable {
    package var options: FormatOptions
    /// The locale's, `.` or `,`.
    package var decimalMark: UInt8
    /// The locale's delimiter between fields.
    package var delimiter: UInt8
    /// Whether the tables that explain the report go with it.
    package var includesAnnexes: Bool

    package init(
        options: FormatOptions, decimalMark: UInt8 = UInt8(ascii: "."), delimiter: UInt8 = UInt8(ascii: ","),
        includesAnnexes: Bool = false
    ) {
        self.options = options
        self.decimalMark = decimalMark
        self.delimiter = delimiter
        self.includesAnnexes = includesAnnexes
    }
}

/// The table of rows that a file holds, without its rows.
package struct FileTable: Sendable {
    package let columns: [CellColumn]
    /// The name of the rows; nil for a table without a name.
    package let title: String?
    /// Of the labels: a language tag (RFC 5646).
    package let language: String
    /// The tables that go with the rows, where the request asks for them.
    package let annexes: [AnnexTable]
    /// The name of the rows' file inside an archive, without its ending; ASCII.
    package let memberName: String

    package init(
        _ columns: [CellColumn], title: String? = nil, language: String = "en", annexes: [AnnexTable] = [],
        memberName: String = "rows"
    ) {
        self.columns = columns
        self.title = title
        self.language = language
        self.annexes = annexes
        self.memberName = memberName
    }
}

/// A limit of a format that an export exceeds. No other attempt would do better.
package protocol FormatLimit: Error, CustomStringConvertible {
    /// A stable word for the failed job: `xlsx_limit`.
    var code: String { get }
}
