import Catalog
import Configuration
import FastCGI
import Generation
import Identity
import JSON
import Jobs
import Migration
import Posix
import Postgres
import SQLText
import Storage

/// Whether a service could work with what it was given: the library it is linked with, the queue's schema, the catalogs
/// against the live data, the storage folder, who vouches for webhooks' endpoints. Run by `penstock check`, and in a
/// child of its own before a service starts or reloads.
package struct ServiceCheck {
    private let configuration: Configuration
    private let files: ServiceFiles

    package init(_ configuration: Configuration, _ files: ServiceFiles) {
        self.configuration = configuration
        self.files = files
    }

    /// Looks at everything that a service of this host stands on.
    /// - Parameter logging: whether what is not well also goes to the log.
    package func run(logging: Bool = true) -> CheckReport {
        // Before the first connection to a database, for it forks.
        let library = library()
        // What an operator may do about a version can wait; a start is no time to tell.
        let (database, queue) = queueSchema(holes: !logging)
        let findings =
            [library] + database + catalogs(holes: !logging) + [storage(queue)] + tokenKeys() + authorities()
        for finding in findings where logging && finding.grade != .good {
            Log.write(
                finding.grade == .warning ? .warning : .error, "check",
                [("subject", .string(finding.subject)), ("message", .string(finding.message))])
        }
        return CheckReport(findings: findings)
    }

    /// Looks at nginx's configuration. Not part of `run`: a service starts whatever a web server beside it says.
    /// - Parameters:
    ///   - file: nginx's main file.
    ///   - prefix: what nginx is started with as -p, when it is.
    ///   - program: the nginx that is asked; nil for the one of the settings.
    package func nginx(_ file: String, prefix: String?, program: String?) -> CheckReport {
        let inspection = NginxInspection(
            configuration: configuration, file: file, prefix: prefix, program: program ?? configuration.nginxProgram)
        return CheckReport(findings: inspection.findings())
    }

    private func library() -> CheckFinding {
        let name = "libfcgi" + (LibraryProbe.libraryPath.map { " (\($0))" } ?? "")
        switch LibraryProbe.run() {
        case .refusesOverflow:
            return CheckFinding(
                subject: "libfcgi", grade: .good,
                message: "\(name) refuses parameter lengths that overflow (CVE-2025-23016 is mended)")
        case .overflows:
            return CheckFinding(
                subject: "libfcgi", grade: .bad,
                message: "\(name) can be made to overwrite its memory by whoever may connect to the socket "
                    + "(CVE-2025-23016); install 2.4.5 or later, or your distribution's mended package")
        case .unknown(let reason):
            return CheckFinding(
                subject: "libfcgi", grade: .warning,
                message: "whether \(name) has CVE-2025-23016 could not be found out: \(reason)")
        }
    }

    /// - Returns: the queue too, when it is of this program's version.
    private func queueSchema(holes: Bool) -> ([CheckFinding], Queue?) {
        func finding(_ grade: CheckFinding.Grade, _ message: String) -> CheckFinding {
            CheckFinding(subject: "database", grade: grade, message: message)
        }
        do {
            let connection = try Connection(configuration.databaseURL, applicationName: "penstock check")
            connection.patience = Self.patienceMilliseconds
            // Before anything is set: it would stay in a session that others share.
            if try SharedSessions.found(behind: connection) {
                let message =
                    "DATABASE_URL leads to a pooler in transaction or statement mode, where each statement may get another "
                    + "session; use session mode or a direct connection"
                return ([finding(.bad, message)], nil)
            }
            let queue = try Queue.settingUp(connection)
            if let obstacle = queue.obstacle { return ([finding(.bad, "DATABASE_URL: \(obstacle)")], nil) }
            let comparison = try Migrator(connection).compare()
            let server = ServerFindings.of(connection, subject: "database", holes: holes)
            return comparison == .current
                ? ([finding(.good, comparison.description)] + server, queue)
                : ([finding(.bad, comparison.description)] + server, nil)
        } catch {
            return ([unreachable("database", error)], nil)
        }
    }

    /// Milliseconds that a database may say nothing.
    private static let patienceMilliseconds: Int64 = 20_000

    private func catalogs(holes: Bool) -> [CheckFinding] {
        let count = files.catalogs.reports.count
        guard count > 0 else {
            return [
                CheckFinding(subject: "catalogs", grade: .bad, message: "\(configuration.catalogs) holds no catalog")
            ]
        }
        do {
            let session = try SourceSession(configuration.sourceURL, purpose: "penstock check")
            session.connection.patience = Self.patienceMilliseconds
            let isShared = try SharedSessions.found(behind: session.connection)
            let faults: [CatalogFault]
            do {
                faults = try session.inspecting { try CatalogChecker.faults(in: files.catalogs, against: $0) }
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
                ServerFindings.of(session.connection, subject: "source", holes: holes)
                + faults.map {
                    CheckFinding(
                        subject: "catalog", grade: $0.severity == .error ? .bad : .warning, message: $0.description)
                }
            if findings.contains(where: { $0.grade == .bad }) { return findings }
            return try findings + standby(session) + [
                CheckFinding(subject: "catalogs", grade: .good, message: "\(count) catalogs fit the database")
            ]
        } catch {
            return [unreachable("source", error)]
        }
    }

    /// A standby ends an export whose rows its primary has cleaned away, unless it tells the primary which it still needs.
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

    private func storage(_ queue: Queue?) -> CheckFinding {
        do {
            let folder = try StorageFolder(root: configuration.storage)
            try folder.probe()
            if let queue, let reason = try StorageBinding(folder, queue).refusal() {
                return CheckFinding(subject: "storage", grade: .bad, message: reason)
            }
            return CheckFinding(subject: "storage", grade: .good, message: "\(folder) can be written")
        } catch let error as PostgresError {
            return unreachable("storage", error)
        } catch {
            return CheckFinding(subject: "storage", grade: .bad, message: String(reflecting: error))
        }
    }

    /// Keys of JWKS that are passed over, and how many are left.
    private func tokenKeys() -> [CheckFinding] {
        guard let jwks = files.jwks else { return [] }
        let path = configuration.jwks ?? ""
        return jwks.notices.map { CheckFinding(subject: "jwks", grade: .warning, message: "\(path): \($0)") } + [
            CheckFinding(subject: "jwks", grade: .good, message: "\(path): keys that check tokens: \(jwks.keys.count)")
        ]
    }

    /// Whether the file of WEBHOOK_CA, where one is set, holds certificates. Without them each https endpoint would
    /// fail.
    private func authorities() -> [CheckFinding] {
        guard let path = configuration.webhookAuthorities else { return [] }
        func finding(_ grade: CheckFinding.Grade, _ message: String) -> [CheckFinding] {
            [CheckFinding(subject: "webhooks", grade: grade, message: message)]
        }
        do {
            let text = String(decoding: try File.bytes(at: path, limit: 16 << 20), as: UTF8.self)
            let count = text.ranges(of: "-----BEGIN CERTIFICATE-----").count
            return count > 0
                ? finding(.good, "\(path) holds \(count) certificates of authorities")
                : finding(.bad, "WEBHOOK_CA: \(path) holds no certificate in PEM")
        } catch {
            return finding(.bad, "WEBHOOK_CA: \(error.debugDescription)")
        }
    }

    private func unreachable(_ subject: String, _ original: any Error) -> CheckFinding {
        let error = original as? PostgresError
        // PgBouncer's words for what it does not know in the start-up packet.
        if let error, error.detail.contains("unsupported startup parameter") {
            return CheckFinding(
                subject: subject, grade: .bad,
                message:
                    "\(error.debugDescription); let the pooler ignore it (PgBouncer: ignore_startup_parameters), or "
                    + "leave it out of the URL and the environment")
        }
        return CheckFinding(
            subject: subject, grade: error?.isTransient ?? false ? .unreachable : .bad,
            message: String(reflecting: original))
    }
}
