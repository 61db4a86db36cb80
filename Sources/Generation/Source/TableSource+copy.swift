import Formats
import Posix
import Postgres
import SQLText

extension TableSource {
    /// Rows between two looks at the clock.
    private static let rowsPerLook = 1024

    /// COPY of `rows`, which are of this source, into a file that has begun, to its end.
    /// - Parameters:
    ///   - edges: where the rows are `PartEdges.rows`.
    ///   - name: a row's name in an error, given its number from 1 among `rows`.
    ///   - look: called several times a second with the rows so far.
    /// - Returns: the rows that the server sent, which are those that were written.
    /// - Throws: `ExportFailure`.
    func copy(
        _ rows: SQL, on connection: Connection, into file: any RowFile, edges: PartEdges? = nil,
        name: (Int) -> String = { "Row \($0)" }, look: (Int64) -> Void
    ) throws -> Int64 {
        do {
            return try copied(rows, on: connection, into: file, edges: edges, look: look)
        } catch {
            throw ExportFailure(error).at(name(file.rows + 1))
        }
    }

    private func copied(
        _ rows: SQL, on connection: Connection, into file: any RowFile, edges: PartEdges?, look: (Int64) -> Void
    ) throws -> Int64 {
        let copy = try connection.literalText("COPY (\n\(rows)\n) TO STDOUT")
        var labeller = labels?.labeller()
        let copies = file.copiesOfRow + (labels == nil ? 0 : 1)
        var untilLook = Self.rowsPerLook
        let sent = try connection.copyOut(copy, tickEvery: 250, tick: { look(Int64(file.rows)) }) { line in
            if line.count > Self.largeRowBytes { try Self.refuse(line.count, unlessFits: copies) }
            let line = edges?.take(line) ?? line
            if labeller != nil {
                try labeller?.label(line) { try file.append($0) }
            } else {
                try file.append(line)
            }
            untilLook -= 1
            if untilLook == 0 {
                untilLook = Self.rowsPerLook
                look(Int64(file.rows))
            }
        }
        try file.end()
        guard sent == Int64(file.rows) else {
            throw ExportFailure(
                "rows_lost", "The file would not have been whole", .retry,
                detail: "the server sent \(sent) rows, \(file.rows) were written")
        }
        return sent
    }

    /// From this size on a row is looked at before it is encoded: a process that gets no memory for it ends by a
    /// signal.
    private static let largeRowBytes = 1 << 20

    private static func refuse(_ bytes: Int, unlessFits copies: Int) throws(ExportFailure) {
        guard let left = Limits.growthLeft, left < bytes * copies else { return }
        throw ExportFailure(
            "row_too_large", ExportFailure.largerThanWorker("A row"),
            detail: "the row has \(bytes) bytes, and \(left) bytes of memory are left")
    }
}
