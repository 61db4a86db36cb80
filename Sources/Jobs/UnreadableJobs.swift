import Postgres

/// Rows that another version of the program has made and this one cannot read. They are left alone: a list or a stream
/// goes on without them, and each is told once in the log.
package enum UnreadableJobs {
    /// Is given a job's id, and the column that cannot be read. Set once, before the first row is read.
    nonisolated(unsafe) package static var report: (_ job: String, _ column: String) -> Void = { _, _ in }

    nonisolated(unsafe) private static var told: Set<String> = []
    private static var most: Int { 1000 }

    static func note(_ row: Rows.Row, _ error: JobsError) {
        guard case .unreadableRow(let column) = error else { return }
        let id = row.string("id") ?? ""
        if told.count >= most { told.removeAll() }
        if told.insert(id).inserted { report(id, column) }
    }
}

extension Rows {
    /// The jobs that this version can read, in order.
    var readableJobs: [Job] { all.compactMap(\.readableJob) }
}

extension Rows.Row {
    /// Nil where another version of the program has made it.
    var readableJob: Job? {
        do {
            return try Job(self)
        } catch {
            UnreadableJobs.note(self, error)
            return nil
        }
    }
}
