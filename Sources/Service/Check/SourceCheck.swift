import Catalog
import Configuration
import Generation
import Postgres
import SQLText

/// Checks the catalogs against the database of the data.
struct SourceCheck {
    let configuration: Configuration
    let catalogs: CatalogSet

    /// - Parameter holes: whether to tell of known holes in the server's version.
    func run(holes: Bool) -> [CheckFinding] {
        let count = catalogs.reports.count
        guard count > 0 else {
            return [
                CheckFinding(subject: "catalogs", grade: .bad, message: "\(configuration.catalogs) holds no catalog")
            ]
        }
        do {
            let session = try SourceSession(configuration.sourceURL, purpose: "penstock check")
            session.connection.patience = QueueCheck.patienceMilliseconds
            let isShared = try SharedSessions.found(behind: session.connection)
            let faults: [CatalogFault]
            do {
                faults = try session.inspecting { try CatalogChecker.faults(in: catalogs, against: $0) }
            } catch  where isShared {
                return [
                    CheckFinding(
                        subject: "source", grade: .bad,
                        message:
                            "SOURCE_URL leads to a pooler that gives no whole transaction; use transaction mode, session "
                            + "mode or a direct connection (\(String(reflecting: error)))")
                ]
            }
            let findings =
                place(session.connection, isShared: isShared)
                + ServerFindings.of(session.connection, subject: "source", holes: holes)
                + (try ServerFindings.lists(for: catalogs, on: session.connection))
                + faults.map {
                    CheckFinding(
                        subject: "catalog", grade: $0.severity == .error ? .bad : .warning, message: $0.description)
                }
            if findings.contains(where: { $0.grade == .bad }) { return findings }
            return try findings + standby(session) + [
                CheckFinding(subject: "catalogs", grade: .good, message: "\(count) catalogs fit the database")
            ]
        } catch {
            return [.unreachable("source", error)]
        }
    }

    private func place(_ connection: Connection, isShared: Bool) -> [CheckFinding] {
        let isQueue = configuration.sourceURL == configuration.databaseURL
        let place = ServerFindings.place(
            connection, remark: isQueue ? "; SOURCE_URL is not set, or is the same as DATABASE_URL" : "")
        guard isShared else { return [place] }
        return [
            place,
            CheckFinding(
                subject: "source", grade: .good,
                message:
                    "SOURCE_URL leads to a pooler in transaction mode; each running export takes sessions of it for "
                    + "its WORKERS and two more"),
        ]
    }

    /// A standby interrupts an export whose rows its primary has cleaned away, unless the standby reports to the
    /// primary which rows it still needs (hot_standby_feedback).
    /// - Throws: `PostgresError` when the source is out of reach.
    private func standby(_ session: SourceSession) throws -> [CheckFinding] {
        let row = try session.connection.query(
            """
            select pg_is_in_recovery() and current_setting('hot_standby_feedback') = 'off' as conflicts
            """, "look at recovery"
        ).first
        guard row?.boolean("conflicts") == true else { return [] }
        return [
            CheckFinding(
                subject: "source", grade: .warning,
                message: "SOURCE_URL leads to a standby that may interrupt long exports (source_conflict); "
                    + ExportFailure.conflictCure)
        ]
    }
}
