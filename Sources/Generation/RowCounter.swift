import Catalog
import Postgres

/// Counts an export's rows beside its COPY, on a second connection that shares the snapshot.
///
/// The total is wanted for the progress only, so it must not delay the rows: it starts when the export has proved to
/// be long enough to be watched, runs on the server while the COPY goes on, and is asked for without waiting. A count
/// that fails leaves the total unknown and the export unharmed.
struct RowCounter {
    private let session: SourceSession
    private var pending: PendingQuery?

    init(
        _ export: CopyExport, count: SQL, snapshot: String
    ) throws {
        session = try SourceSession(export.sourceURL, purpose: "penstock count")
        try export.beginning(session) {
            try session.begin(
                tenant: export.tenant, zone: export.request.timezone, seconds: export.seconds, sharing: snapshot)
        }
        pending = try session.connection.send(count, "count rows")
    }

    /// The number of rows once it is there; nil before, and after it has been taken.
    mutating func takeTotal() throws(PostgresError) -> Int64? {
        guard let pending, let rows = try session.connection.result(of: pending) else { return nil }
        self.pending = nil
        return rows.first?.string(at: 0).flatMap { Int64($0) }
    }
}
