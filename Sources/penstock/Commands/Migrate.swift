import ArgumentParser
import JSON
import Jobs
import Migration

struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring Penstock's own database up to date.",
        discussion: """
            Only goes forward, may be repeated, and is safe beside another one running.

            With --role, the service can run as a role that owns nothing: it may write jobs, users and keys, and only add to \
            the audit, whose triggers it then can neither change nor switch off. Make the role first (create role … login), and \
            give its URL to 'penstock serve'; migrate with the owner's.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The role that runs the service; it gets the rights for that.") var role: String?
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
            if let role { try migrator.grantService(to: role) }
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
}
