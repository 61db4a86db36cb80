/// How the parts of an export are written, and how they are joined. Made once, before the first fork, so that every
/// process works by the same.
package protocol PartFormat {
    /// Whether a part must know which rows it brings before it can begin.
    var needsRowNumbers: Bool { get }
    /// Whether the bytes of a part are a file that can be downloaded as it is.
    var partsAreFiles: Bool { get }

    /// The part that one process writes.
    /// - Parameters:
    ///   - rows: which of the export's rows it brings, from 0; empty where row numbers are not needed.
    ///   - isFirst: whether it begins with the file's header.
    func part(rows: Range<Int>, isFirst: Bool, sink: @escaping ByteSink) -> any RowFile

    /// Makes one file of the bytes of parts, given in their order.
    /// - Parameter firstRow: nil for the whole; for a file of its own of some parts, the first one's first row.
    /// - Throws: the sink's errors.
    func joiner(firstRow: Int?, sink: @escaping ByteSink) throws -> any PartJoiner
}

/// Makes one file of the bytes of parts.
package protocol PartJoiner: AnyObject {
    func append(_ bytes: UnsafeRawBufferPointer) throws
    /// Writes the rest of the file, which is then complete.
    /// - Parameter parts: the counts of the parts, added up.
    /// - Returns: the counts of the whole.
    /// - Throws: `PartError` for bytes that are not those of parts, and the sink's errors.
    func end(_ parts: FileTally) throws -> FileTally
}
