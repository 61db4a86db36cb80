import Configuration
import Jobs
import Migration
import Postgres

/// Checks the database of the queue: whether it can be reached, by sessions of one's own, and has this program's
/// schema.
struct QueueCheck {
    /// Milliseconds that a database may say nothing.
    static let patienceMilliseconds: Int64 = 20_000

    let configuration: Configuration

    /// - Parameter holes: whether to tell of known holes in the server's version.
    /// - Returns: the findings, and the queue when it has this program's schema.
    func run(holes: Bool) -> ([CheckFinding], Queue?) {
        func finding(_ grade: CheckFinding.Grade, _ message: String) -> CheckFinding {
            CheckFinding(subject: "database", grade: grade, message: message)
        }
        do {
            let connection = try Connection(configuration.databaseURL, applicationName: "penstock check")
            connection.patience = Self.patienceMilliseconds
            // Before anything is set: it would stay in a session that others share.
            if let message = try Self.pooler(behind: connection, "DATABASE_URL") {
                return ([finding(.bad, message)], nil)
            }
            let queue = try Queue.settingUp(connection)
            if let obstacle = queue.obstacle { return ([finding(.bad, "DATABASE_URL: \(obstacle)")], nil) }
            let comparison = try Migrator(connection).compare()
            let server =
                ServerFindings.of(connection, subject: "database", holes: holes)
                + (holes ? try ClockCheck.findings(connection) : [])
            switch comparison {
            case .current, .newerButUsable:
                return ([finding(.good, "\(comparison), in \(connection.place)")] + server, queue)
            case .older, .newer, .functionsDiffer, .notUTF8:
                return ([finding(.bad, comparison.description)] + server, nil)
            }
        } catch {
            return ([.unreachable("database", error)], nil)
        }
    }
    /// The message for a pooler that shares the sessions of Penstock's own database; nil without one. Nothing may have
    /// been set in the connection's session.
    static func pooler(behind connection: Connection, _ setting: String) throws(PostgresError) -> String? {
        guard try SharedSessions.found(behind: connection) else { return nil }
        return "\(setting) leads to a pooler in transaction or statement mode, where each statement may get another "
            + "session; use session mode or a direct connection"
    }
}
