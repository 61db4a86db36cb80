import Catalog
import Postgres
import SQLText

/// Counts an export's rows, all at once or range by range, while the export goes on: on a connection that nothing else
/// uses meanwhile, and without waiting for answers.
struct RowCounter {
    private let session: SourceSession
    private var rest: ArraySlice<SQL>
    private var pending: PendingQuery?
    /// Of those that have been counted, in their order.
    private(set) var counts: [Int64] = []

    /// The rows of an export that takes less are not counted: it is over before anyone asks for its progress.
    static let afterMilliseconds: Int64 = 1000

    /// - Parameters:
    ///   - session: in a transaction that sees the snapshot; it does nothing else until all has been counted.
    ///   - statements: each gives one number.
    /// - Throws: `PostgresError` when the statement cannot be sent.
    init(on session: SourceSession, _ statements: [SQL]) throws(PostgresError) {
        self.session = session
        rest = statements[...]
        try sendNext()
    }

    var isDone: Bool { pending == nil }
    /// Readable when there is something for `advance`.
    var socket: Int32 { session.connection.socket }

    /// Takes the counts that have arrived and sends the next statement.
    /// - Throws: `PostgresError` when a count has failed.
    mutating func advance() throws(PostgresError) {
        while let query = pending, let rows = try session.connection.result(of: query) {
            counts.append(rows.first?.string(at: 0).flatMap { Int64($0) } ?? 0)
            try sendNext()
        }
    }

    private mutating func sendNext() throws(PostgresError) {
        pending = nil
        if let next = rest.popFirst() { pending = try session.connection.send(next, "count rows") }
    }
}
