import ArgumentParser
import JSON
import Jobs

struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring Penstock's own database up to date.",
        discussion: "Only goes forward, may be repeated, and is safe beside another one running.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let connection = try options.database("migrate", settings: [])
            let migrator = Migrator(connection)
            if case .newer = try migrator.compare() {
                throw CommandFailure(try migrator.compare().description, ExitStatus.configuration)
            }
            let applied = try migrator.migrate()
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
