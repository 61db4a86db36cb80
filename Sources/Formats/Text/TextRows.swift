import Deflate

/// Writes rows of COPY's text format as lines of text that stand by themselves, whatever stands before and after them.
/// All that follows from that is the same for every such format: parts end to end are the file, compressed or not, and an
/// archive holds the annexes in the same format.
///
/// One value is one file, or one part of it: it holds that file's counters. Nothing here does I/O.
package protocol TextRows: ~Copyable {
    associatedtype Dialect: TextDialect

    init(columns: [CellColumn], dialect: Dialect)

    /// Rows written, without what stands before the first.
    var rows: Int { get }
    /// Texts, those before the first row included, that got a leading apostrophe.
    var formulasNeutralised: Int { get }

    /// Appends what stands before the first row.
    mutating func writeHeader(into output: inout OutputBuffer)
    /// Appends one row, given as PQgetCopyData hands it out. Nothing is appended when it throws.
    mutating func writeRow(_ line: UnsafeRawBufferPointer, into output: inout OutputBuffer) throws(CopyTextError)
}

/// The choices that a request may make about the spelling of a text format.
package protocol TextDialect: Sendable {
    /// What the names of such files end with, and what they are.
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
