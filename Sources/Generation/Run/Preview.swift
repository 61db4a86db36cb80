import Catalog
import Formats
import Jobs
import Postgres
import SQLText

/// The first rows of an export as they would stand in its file, and how many there are in all, from one snapshot.
///
/// The rows are what a reader waits for. The count has half a second for itself and a bound; a table that has more, or
/// that takes longer, has the planner's estimate.
package struct Preview {
    /// How many rows a preview shows.
    package static let limit = 10

    /// The values before quoting; nil is NULL. One array a row, in the order of the columns.
    package let rows: [[String?]]
    package let total: Total
    /// How many keys of the request's list were found; nil without a list.
    package let filter: FilterKeys.Tally?
    package let columns: [OutputColumn]

    /// Whether these are all the rows there are.
    package var isComplete: Bool { !total.isEstimated && total.count <= Int64(rows.count) }

    /// - Parameters:
    ///   - session: outside a transaction. After an error it is good for nothing but being closed.
    ///   - seconds: how long each of the statements may take.
    ///   - bound: how many rows are counted.
    ///   - rowBytes: how large a row may be.
    ///   - filter: the request's list of keys.
    ///   - showsRows: whether rows are wanted; without them only their number is found.
    /// - Throws: `ExportFailure`; its code is `timed_out` when the time was over.
    package static func take(
        _ session: SourceSession, _ export: CheckedExport, seconds: Int, exactUpTo bound: Int, rowBytes: Int,
        filter: FilterKeys? = nil, showsRows: Bool = true
    ) throws(ExportFailure) -> Preview {
        let request = export.request
        do {
            let source = try TableQuery(export, seconds: seconds, filter: filter).begin(session, exporting: false)
                .source
            let compiled = source.compiled
            let rows = showsRows ? try self.rows(session, compiled, of: request, rowBytes: rowBytes) : []
            let tally = try source.filterTally(session) {}
            let total =
                showsRows && rows.count < limit
                ? Total(Int64(rows.count))
                : try self.total(session, compiled, exactUpTo: bound, atLeast: showsRows ? limit + 1 : 0)
            try session.end()
            return Preview(rows: rows, total: total, filter: tally, columns: compiled.columns)
        } catch {
            throw ExportFailure(error).explained(by: export.report, request, daysIn: request.timezone)
        }
    }

    /// The first rows, by the same COPY and the same encoder as for the file, so that the preview shows exactly its
    /// cells.
    private static func rows(
        _ session: SourceSession, _ compiled: CompiledExport, of request: ExportRequest, rowBytes: Int
    ) throws -> [[String?]] {
        var cells = CellTexts(
            columns: compiled.columns.map(\.cell), style: request.format.format.previewStyle(request.file))
        var rows: [[String?]] = []
        let copy = try session.connection.literalText("COPY (\n\(compiled.preview(limit: limit))\n) TO STDOUT")
        var repair = RowRepair()
        _ = try session.connection.copyOut(copy, tick: {}) { line in
            guard line.count <= rowBytes else {
                throw ExportFailure(
                    "row_too_large", ExportFailure.largerThanWorker("Row \(rows.count + 1)"),
                    detail: "the row has \(line.count) bytes")
            }
            if session.sendsUTF8 {
                rows.append(try cells.texts(line))
            } else {
                try repair.repair(line) { rows.append(try cells.texts($0)) }
            }
        }
        return rows
    }

    /// - Parameter least: how many there are for certain.
    private static func total(
        _ session: SourceSession, _ compiled: CompiledExport, exactUpTo bound: Int, atLeast least: Int
    ) throws(PostgresError) -> Total {
        let connection = session.connection
        try connection.execute("SAVEPOINT counting; SET LOCAL statement_timeout = '500ms'")
        do {
            let rows = try connection.query(compiled.count(upTo: bound + 1), "count rows")
            let count = rows.first?.string(at: 0).flatMap { Int64($0) } ?? 0
            if count <= Int64(bound) { return Total(count) }
        } catch  where error.isTimeout {}
        // With the savepoint its limit of time goes, too.
        try connection.execute("ROLLBACK TO SAVEPOINT counting")
        let expected = Int64(try session.estimatedRows(compiled) ?? 0)
        return Total(max(expected, Int64(least)), isEstimated: true)
    }
}
