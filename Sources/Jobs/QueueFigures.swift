import Postgres
import SQLText

/// The queue in figures, for monitoring.
package struct QueueFigures: Equatable, Sendable {
    package struct Open: Equatable, Sendable {
        package let state: String
        package let module: String
        package let catalog: String
        package let count: Int64
    }

    /// Exports that are pending or running, by state and catalog.
    package var open: [Open] = []
    /// Of those that may run now, how long the oldest has waited; 0 without one.
    package var oldestDueSeconds = 0.0
    package var oldestRunningSeconds = 0.0
    /// Dispatchers whose lease is not over.
    package var dispatchers: Int64 = 0
    /// Messages of webhooks that are not over.
    package var webhooks: Int64 = 0
    /// Messages by e-mail that are not over.
    package var mails: Int64 = 0
    /// Of the table of exports.
    package var deadTuples: Int64 = 0
}

/// The bytes that limits count: files, kept rows and lists of keys.
package struct StoredFigures: Equatable, Sendable {
    package var total: Int64 = 0
    /// The ten tenants that have most, the largest first.
    package var largest: [(tenant: String, bytes: Int64)] = []

    package static func == (left: StoredFigures, right: StoredFigures) -> Bool {
        left.total == right.total && left.largest.elementsEqual(right.largest) { $0 == $1 }
    }
}

extension Queue {
    /// What it costs grows with the number of stored files.
    /// - Throws: `PostgresError`.
    package func storedFigures() throws(PostgresError) -> StoredFigures {
        var figures = StoredFigures()
        let rows = try connection.query(
            "select * from stored_figures(10)", "read the stored bytes", preparing: true)
        for row in rows.all {
            let bytes = row.integer("bytes") ?? 0
            if let tenant = row.string("tenant_id") {
                figures.largest.append((tenant, bytes))
            } else {
                figures.total = bytes
            }
        }
        return figures
    }

    /// One statement, which reads the open jobs and no history.
    /// - Throws: `PostgresError`.
    package func figures() throws(PostgresError) -> QueueFigures {
        var figures = QueueFigures()
        for row in try connection.query(
            // It is planned once for a connection: without parameters its plan is kept from the first time on.
            "select * from queue_figures()", "read the queue's figures", preparing: true
        ).all {
            let value = row.string("value").flatMap { Double($0) } ?? 0
            switch row.string("figure") {
            case "jobs":
                figures.open.append(
                    QueueFigures.Open(
                        state: row.string("state") ?? "", module: row.string("module") ?? "",
                        catalog: row.string("catalog") ?? "", count: Int64(value)))
            case "oldest_due": figures.oldestDueSeconds = value
            case "oldest_running": figures.oldestRunningSeconds = value
            case "dispatchers": figures.dispatchers = Int64(value)
            case "webhooks": figures.webhooks = Int64(value)
            case "mails": figures.mails = Int64(value)
            case "dead_tuples": figures.deadTuples = Int64(value)
            default: break
            }
        }
        return figures
    }
}
