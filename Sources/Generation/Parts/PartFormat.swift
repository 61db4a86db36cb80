import Catalog
import Encoding

/// Takes a file's bytes in order; they are valid only inside the call.
typealias ByteSink = (UnsafeRawBufferPointer) throws -> Void

/// How the parts of an export are written, and how they are joined. Made once, before the first fork, so that every
/// process works by the same.
protocol PartFormat {
    /// Whether a part must know which rows it brings before it can begin.
    var needsRowNumbers: Bool { get }
    /// Whether what a part writes is a file that can be given to somebody as it is.
    var partsAreFiles: Bool { get }

    /// What one process writes its rows into.
    /// - Parameters:
    ///   - rows: which of the export's rows it brings, from 0; empty where row numbers are not needed.
    ///   - isFirst: whether it brings what stands before the first row.
    func part(rows: Range<Int>, isFirst: Bool, sink: @escaping ByteSink) throws -> any ExportFile

    /// Makes one file of what parts wrote, given in their order.
    /// - Parameter firstRow: nil for the whole; for a file of its own of some parts, the first one's first row.
    func joiner(firstRow: Int?, sink: @escaping ByteSink) throws -> any PartJoiner
}

protocol PartJoiner: AnyObject {
    func append(_ bytes: UnsafeRawBufferPointer) throws
    /// Writes what is left. The file is complete.
    /// - Parameter parts: what the parts say of their cells, added up.
    /// - Returns: what is to be said of the whole.
    func end(_ parts: FileTally) throws -> FileTally
}

/// CSV: the parts end to end are the file.
struct PlainParts: PartFormat {
    let columns: [OutputColumn]
    let request: ExportRequest

    var needsRowNumbers: Bool { false }
    var partsAreFiles: Bool { true }

    func part(rows: Range<Int>, isFirst: Bool, sink: @escaping ByteSink) throws -> any ExportFile {
        let file = try CSVFile(columns, request, sink: sink)
        return isFirst ? file : Headless(file)
    }

    func joiner(firstRow: Int?, sink: @escaping ByteSink) throws -> any PartJoiner { Joiner(sink) }

    /// A file without what stands before the first row.
    private final class Headless: ExportFile {
        private let file: CSVFile
        init(_ file: CSVFile) { self.file = file }

        var rows: Int { file.rows }
        var tally: FileTally { file.tally }
        func begin() {}
        func append(_ line: UnsafeRawBufferPointer) throws { try file.append(line) }
        func end() throws { try file.end() }
    }

    private final class Joiner: PartJoiner {
        private let sink: ByteSink
        init(_ sink: @escaping ByteSink) { self.sink = sink }

        func append(_ bytes: UnsafeRawBufferPointer) throws { try sink(bytes) }
        func end(_ parts: FileTally) -> FileTally { parts }
    }
}
