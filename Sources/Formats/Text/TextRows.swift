import Deflate

/// Writes rows of COPY's text format as lines of text that do not depend on the lines before and after them. So all
/// such formats are alike: parts end to end are the file, compressed or not, and an archive holds the annexes in the
/// same format.
///
/// One value is one file, or one part of it: it holds that file's counters. It does no I/O.
package protocol TextRows: ~Copyable {
    associatedtype Dialect: TextDialect

    init(columns: [CellColumn], dialect: Dialect)

    /// Rows written, without the header.
    var rows: Int { get }
    /// Texts, those of the header included, that got a leading apostrophe.
    var formulasNeutralised: Int { get }

    /// Appends the header.
    mutating func writeHeader(into output: inout OutputBuffer)
    /// Appends one row, given as PQgetCopyData hands it out. Nothing is appended when it throws.
    /// - Throws: `CopyTextError` for a row of another number of fields.
    mutating func writeRow(_ line: UnsafeRawBufferPointer, into output: inout OutputBuffer) throws(CopyTextError)
}

/// The choices that a request may make about the spelling of a text format.
package protocol TextDialect: Sendable {
    /// The ending and the media type of such files.
    static var kind: FileKind { get }
    /// The same for the tables that go with a report.
    var forAnnexes: Self { get }
}

extension FileKind {
    /// The same file compressed with gzip.
    package var compressed: FileKind { FileKind(ending: "\(ending).gz", mediaType: "application/gzip") }
    /// An archive of a file and the tables that explain it.
    package static let archive = FileKind(ending: "zip", mediaType: "application/zip")
}
