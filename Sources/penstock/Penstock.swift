import ArgumentParser

@main
struct Penstock: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "penstock",
        abstract: "Asynchronous report exports for applications behind nginx with their data in PostgreSQL.",
        discussion: """
            Settings come from the environment (PENSTOCK_DATABASE_URL, …) or from a YAML file (--config); \
            'penstock serve --help' lists them. Exit codes are those of sysexits(3).
            """,
        version: Version.text,
        subcommands: [
            Serve.self, Migrate.self, Check.self, CatalogCommand.self, ExportCommand.self, JobsCommand.self,
            KeysCommand.self, UsersCommand.self, TokenCommand.self, AuditCommand.self,
        ])
}

enum Version {
    static let text = "0.1.0"
}
