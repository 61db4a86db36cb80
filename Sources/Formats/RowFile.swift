/// Takes a file's bytes in order; they are valid only inside the call.
package typealias ByteSink = (UnsafeRawBufferPointer) throws -> Void

/// COPY rows on their way into a file of some format, and on from there to the sink that it was made with.
package protocol RowFile: AnyObject {
    /// Rows taken.
    var rows: Int { get }
    /// Complete after `end`.
    var tally: FileTally { get }
    /// How many copies of a row there are in memory at most while it is taken, beside the row itself.
    var copiesOfRow: Int { get }

    /// Writes the header.
    /// - Throws: `FormatLimit` when the format cannot hold such a table, and the sink's errors.
    func begin() throws
    /// - Parameter line: one row in COPY's text format; its bytes are valid only inside the call.
    /// - Throws: `CopyTextError`, and the sink's errors.
    func append(_ line: UnsafeRawBufferPointer) throws
    /// Writes the rest of the file, which is then complete.
    /// - Throws: `PartError` for a part with other rows than planned, and the sink's errors.
    func end() throws
}

extension RowFile {
    /// Twice a row for the output, and once for a value on its way there.
    package var copiesOfRow: Int { 3 }
}
