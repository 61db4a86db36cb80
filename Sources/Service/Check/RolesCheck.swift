import Configuration
import Migration
import Postgres

/// Checks the roles of parts of the service that have one of their own: whether each may do what its part does, and no
/// more.
struct RolesCheck {
    let configuration: Configuration

    func run() -> [CheckFinding] {
        let urls: [(part: Migrator.Part, setting: String, url: String)] = [
            (.responder, "RESPONDER_DATABASE_URL", configuration.responderDatabaseURL),
            (.webhooks, "WEBHOOKS_DATABASE_URL", configuration.webhooksDatabaseURL),
        ]
        let own = urls.filter { $0.url != configuration.databaseURL }
        guard !own.isEmpty else { return [] }
        return (own + [(.engine, "DATABASE_URL", configuration.databaseURL)]).flatMap { finding($0, $1, $2) }
    }

    private func finding(_ part: Migrator.Part, _ setting: String, _ url: String) -> [CheckFinding] {
        do {
            let connection = try Connection(url, applicationName: "penstock check")
            connection.patience = QueueCheck.patienceMilliseconds
            if let message = try QueueCheck.pooler(behind: connection, setting) {
                return [CheckFinding(subject: "roles", grade: .bad, message: message)]
            }
            let (missing, needless) = try Migrator.faults(of: part, on: connection)
            if !missing.isEmpty {
                return [
                    CheckFinding(
                        subject: "roles", grade: .bad,
                        message: "\(setting): its role may not \(Self.some(missing)); run: penstock migrate --roles")
                ]
            }
            if !needless.isEmpty {
                return [
                    CheckFinding(
                        subject: "roles", grade: .warning,
                        message: "\(setting): its role may more than \(part.rawValue) needs: \(Self.some(needless))")
                ]
            }
            return [
                CheckFinding(
                    subject: "roles", grade: .good, message: "\(setting): its role may what \(part.rawValue) needs")
            ]
        } catch {
            return [.unreachable("roles", error)]
        }
    }

    private static func some(_ lines: [String]) -> String {
        lines.prefix(5).joined(separator: ", ") + (lines.count > 5 ? " and \(lines.count - 5) more" : "")
    }
}
