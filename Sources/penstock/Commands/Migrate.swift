import ArgumentParser
import JSON
import Jobs
import Migration
import Postgres

struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring Penstock's own database up to date.",
        discussion: """
            Only goes forward, may be repeated, and is safe beside another one running.

            With --role, the service can run as a role that owns nothing: it may write jobs, users and keys, and only add to \
            the audit, whose triggers it then can neither change nor switch off. Make the role first (create role … login), and \
            give its URL to 'penstock serve'; migrate with the owner's.

            With --roles PREFIX, each part of the service has a role of its own with the rights that it needs: PREFIX_engine \
            for DATABASE_URL, PREFIX_responder for RESPONDER_DATABASE_URL, PREFIX_webhooks for WEBHOOKS_DATABASE_URL, \
            PREFIX_auditor and PREFIX_reader for people. Those that are missing are made, without a password. Each later \
            migration renews the rights of all these roles.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The role that runs the whole service; it gets the rights for that.") var role: String?
    @Option(help: "What the names of the roles of the service's parts begin with.") var roles: String?
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let queue = try options.queue("migrate")
            if let obstacle = queue.obstacle { throw CommandFailure(obstacle, ExitStatus.configuration) }
            let connection = queue.connection
            let migrator = Migrator(connection)
            let found = try migrator.compare()
            switch found {
            case .newer, .newerButUsable, .notUTF8:
                throw CommandFailure(found.description, ExitStatus.configuration)
            case .current, .older, .functionsDiffer: break
            }
            if found != .current, let reason = try Migrator.missingRight(on: connection) {
                throw CommandFailure(reason, ExitStatus.configuration)
            }
            let applied = try migrator.migrate()
            if let role { try migrator.grant(.service, to: role) }
            if let roles { try Self.grant(roles, migrator) }
            for gone in try migrator.renewGrants() {
                Terminal.error("the role \(gone) is not there any more; it is in the table penstock_roles")
            }
            let state = try migrator.compare()
            if json {
                Terminal.json([
                    "applied": .array(applied.map { .string($0) }), "current": .bool(state == .current),
                ])
            } else {
                for name in applied { Terminal.line("applied \(name)") }
                Terminal.line(state.description)
            }
        }
    }

    private static func grant(_ prefix: String, _ migrator: Migrator) throws {
        for part in Migrator.Part.allCases where part != .service {
            let role = "\(prefix)_\(part.rawValue)"
            do throws(PostgresError) {
                try migrator.makeRole(role)
            } catch {
                guard error.sqlState == "42501" else { throw error }
                throw CommandFailure(
                    "this role may not make others; make \(role) first (create role \(role) login), and the other parts' "
                        + "roles", ExitStatus.configuration)
            }
            try migrator.grant(part, to: role)
        }
    }
}
