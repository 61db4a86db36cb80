import Catalog
import Formats
import Posix
import Postgres

/// The rows of a report as the users' database has them: what is asked for, whose rows they are, and where they are read.
///
///     BEGIN, snapshot → COPY (…) TO STDOUT ─row─▶ labels of related rows, instead of joins ─▶ RowFile
///
/// The rows that were written must be the rows that the server says it sent; otherwise there is no file.
package struct TableSource {
    private(set) var compiled: CompiledExport
    /// What `compiled` leaves to be put into the rows; nil where that is nothing, and before they are read.
    private(set) var labels: Labels?
    private let tenant: String
    /// In which timestamps are written.
    private let zone: String
    /// The connection string of the database.
    private let url: String
    /// How long one statement may take.
    private let seconds: Int
    /// The keys that the compiled statements look into; there when `compiled.filter` is.
    private let filter: FilterKeys?

    package init(
        _ compiled: CompiledExport, tenant: String, zone: String, url: String, seconds: Int, filter: FilterKeys? = nil
    ) {
        self.compiled = compiled
        self.tenant = tenant
        self.zone = zone
        self.url = url
        self.seconds = seconds
        self.filter = filter
    }

    // MARK: Transactions

    /// Begins the transaction that keeps the snapshot, and asks for the types of the columns where they are wanted.
    /// - Parameter session: the one that the source was compiled on, outside a transaction.
    /// - Throws: `ExportFailure`, which is to wait when the database is out of reach.
    mutating func begin(_ session: SourceSession, reached: () -> Void) throws -> SourceSession.Snapshot {
        let snapshot = try ExportFailure.reaching {
            try beginning(session) {
                try session.begin(tenant: tenant, zone: zone, seconds: seconds, exporting: true, access: $0)
            }
        }
        reached()
        compiled = try session.typed(compiled)
        return snapshot
    }

    /// A session of its own in a transaction on a snapshot that another keeps.
    /// - Throws: `ExportFailure`, which is to wait when no connection could be had.
    func joining(_ snapshot: String, purpose: String) throws -> SourceSession {
        do {
            return try ExportFailure.reaching {
                let session = try SourceSession(url, purpose: purpose)
                try beginning(session) {
                    try session.begin(tenant: tenant, zone: zone, seconds: seconds, sharing: snapshot, access: $0)
                }
                return session
            }
        } catch let failure as ExportFailure where ["22023", "55000"].contains(failure.sqlState) {
            // The snapshot cannot be had any more: its transaction has ended, and the keeper knows why.
            throw ExportFailure(
                "source_unavailable", "The database interrupted the export", .resume, sqlState: failure.sqlState,
                detail: failure.detail)
        }
    }

    /// Begins the transaction of a session, with the keys in it where the request has a list.
    private func beginning<Value>(
        _ session: SourceSession, _ begin: (SourceSession.Access) throws -> Value
    ) throws -> Value {
        guard let table = compiled.filter else { return try begin(.readOnly) }
        guard let filter else { throw ExportFailure("filter_file_missing", "The filter file is not there any more") }
        return try filter.load(into: session, table, begin: begin)
    }

    // MARK: Questions in the transaction

    /// How many rows the planner expects; 0 where the answer would change nothing and is not asked for.
    /// - Parameter mayBeCut: whether the export may be made in parts.
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

    /// The rows of which one process would make a layout: the first ones, which the first range nearly always has. Asked
    /// of a source that is not labelled, whose rows have their labels.
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

    /// What became of the request's list of keys; nil without one. Asked when the rows have been read.
    /// - Parameter tick: called several times a second while the server counts.
    func filterTally(_ session: SourceSession, tick: () -> Void) throws -> FilterKeys.Tally? {
        guard let table = compiled.filter, let filter else { return nil }
        return try filter.tally(session, table, tick: tick)
    }
}
