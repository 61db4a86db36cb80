/// How the parts of an export are written, and how they are joined. Made once, before the first fork, so that every
/// process works by the same.
package protocol PartFormat {
    /// Whether a part must know which rows it brings before it can begin.
    var needsRowNumbers: Bool { get }
    /// Whether what a part writes is a file that can be given to somebody as it is.
    var partsAreFiles: Bool { get }

    /// What one process writes its rows into.
    /// - Parameters:
    ///   - rows: which of the export's rows it brings, from 0; empty where row numbers are not needed.
    ///   - isFirst: whether it brings what stands before the first row.
    func part(rows: Range<Int>, isFirst: Bool, sink: @escaping ByteSink) throws -> any RowFile

    /// Makes one file of what parts wrote, given in their order.
    /// - Parameter firstRow: nil for the whole; for a file of its own of some parts, the first one's first row.
    func joiner(firstRow: Int?, sink: @escaping ByteSink) throws -> any PartJoiner
}

/// Makes one file of the bytes of parts.
package protocol PartJoiner: AnyObject {
    func append(_ bytes: UnsafeRawBufferPointer) throws
    /// Writes what is left. The file is complete.
    /// - Parameter parts: what the parts say of their cells, added up.
    /// - Returns: what is to be said of the whole.
    func end(_ parts: FileTally) throws -> FileTally
}
