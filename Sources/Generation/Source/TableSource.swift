import Catalog
import Formats
import Posix
import Postgres
import SQLText

/// The rows of a report as the users' database has them, in a transaction that a `TableQuery` has begun.
///
///     BEGIN, snapshot → COPY (…) TO STDOUT ─row─▶ labels of related rows, instead of joins ─▶ RowFile
///
/// The rows that were written must be the rows that the server says it sent; otherwise there is no file.
struct TableSource {
    private let scope: SourceScope
    /// Of the server that has the snapshot: the connection string may name several.
    private let address: ServerAddress
    private(set) var compiled: CompiledExport
    /// The labels that `compiled` leaves to be put into the rows; nil where it leaves none, and before they are read.
    private(set) var labels: Labels?

    init(_ scope: SourceScope, _ compiled: CompiledExport, at address: ServerAddress) {
        self.address = address
        self.scope = scope
        self.compiled = compiled
    }

    /// A session of its own in a transaction on the snapshot that the source's own keeps.
    /// - Throws: `ExportFailure`, which is to wait when no connection could be had.
    func joining(_ snapshot: String, purpose: String) throws -> SourceSession {
        try scope.join(snapshot, compiled, at: address, purpose: purpose)
    }

    // MARK: Questions in the transaction

    /// How many rows the planner expects; 0 where the answer would change nothing and is not asked for.
    /// - Parameter mayBeCut: whether the export may be made in parts.
    /// - Throws: `PostgresError` when the statement cannot be planned.
    func estimatedRows(_ session: SourceSession, mayBeCut: Bool) throws(PostgresError) -> Int {
        guard mayBeCut || !compiled.lookups.isEmpty else { return 0 }
        return try session.estimatedRows(compiled) ?? 0
    }

    /// The same rows with the labels of related rows read once, where that is worth it.
    /// - Parameter tick: called while the server thinks.
    func labelled(_ session: SourceSession, estimatedRows: Int, tick: () -> Void) throws -> TableSource {
        guard
            let labels = try Labels.load(
                compiled, estimatedRows: estimatedRows, on: session.connection, tick: tick)
        else { return self }
        var source = self
        source.compiled = labels.compiled
        source.labels = labels
        return source
    }

    /// The rows of which one process would make a layout: the first ones, which the first range nearly always has.
    /// Asked of a source that is not labelled, whose rows have their labels.
    /// - Parameter tick: called while the server thinks.
    func firstRows(_ plan: PartPlan, on session: SourceSession, tick: () -> Void) throws -> FirstRows {
        let connection = session.connection
        var repair = RowRepair()
        var rows = FirstRows()
        for head in [
            compiled.head(of: plan.ranges[0], limit: FirstRows.mostRows),
            compiled.preview(limit: FirstRows.mostRows),
        ] where !rows.isFull {
            rows = FirstRows()
            let copy = try connection.literalText("COPY (\n\(head)\n) TO STDOUT")
            _ = try connection.copyOut(copy, tickEvery: 250, tick: tick) {
                guard !rows.isFull else { return }
                if session.sendsUTF8 { rows.take($0) } else { try repair.repair($0) { rows.take($0) } }
            }
        }
        return rows
    }

    /// How many keys of the request's list were found; nil without a list. Asked when the rows have been read.
    /// - Parameter tick: called several times a second while the server counts.
    /// - Throws: `ExportFailure`, `PostgresError`.
    func filterTally(_ session: SourceSession, tick: () -> Void) throws -> FilterKeys.Tally? {
        guard let table = compiled.filter, let filter = scope.filter else { return nil }
        return try filter.tally(session, table, tick: tick)
    }
}
