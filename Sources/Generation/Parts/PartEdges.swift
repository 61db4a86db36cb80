import Catalog
import Deflate
import Formats
import SQLText

/// The sort keys of the first and the last row of a part, taken from the rows as the server sends them.
///
///     the sort key is one of the columns     7 ⇥ Oslo ⇥ 2026-05-07 … ⏎    is read in these two rows alone
///     it is not one of them                  Oslo ⇥ 7 ⇥ 2026-05-07 … ⏎    stands before them and is taken off each row
final class PartEdges {
    /// Which of the columns; nil for the one that stands before them.
    private let column: Int?
    private var first: [UInt8]?
    private var last = OutputBuffer(capacity: 4096)

    init(_ compiled: CompiledExport) {
        column = compiled.sortKeyColumn
    }

    /// Of the rows that come through here.
    static func rows(_ compiled: CompiledExport, in range: KeyRange) -> SQL {
        compiled.sortKeyColumn == nil ? compiled.keyedRows(in: range) : compiled.rows(in: range)
    }

    /// - Returns: the row without the sort key before its columns.
    func take(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        if first == nil { first = Array(line) }
        last.removeAll()
        last.append(line)
        return column == nil ? CopyLine.withoutFirstField(line) : line
    }

    /// nil of a part without rows.
    var keys: (first: SortKey, last: SortKey)? {
        guard let first else { return nil }
        return (first.withUnsafeBytes(key), last.withUnsafeBytes(key))
    }

    private func key(_ line: UnsafeRawBufferPointer) -> SortKey {
        SortKey(bytes: CopyLine.value(ofField: column ?? 0, in: line))
    }
}
