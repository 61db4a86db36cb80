import ArgumentParser
import Configuration
import Glibc

@main
struct Penstock: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "penstock",
        abstract: "Asynchronous report exports for applications behind nginx with their data in PostgreSQL.",
        discussion: """
            Settings come from the environment (PENSTOCK_DATABASE_URL, …) or from a YAML file (--config); \
            'penstock serve --help' lists them. Exit codes are those of sysexits(3).
            """,
        version: Release.version,
        subcommands: [
            InitCommand.self, Serve.self, Migrate.self, Check.self, CatalogCommand.self, ExportCommand.self,
            JobsCommand.self, TenantsCommand.self, HostsCommand.self, Status.self,
            SchedulesCommand.self, WebhooksCommand.self, DeliveriesCommand.self, KeysCommand.self, UsersCommand.self,
            TokenCommand.self,
            AuditCommand.self,
            NginxCommand.self, SystemdCommand.self, OpenAPICommand.self, CompletionCommand.self,
        ])

    /// As ParsableCommand's own, but a wrong argument is told in one line, like every other error.
    static func main() {
        do {
            var command = try parseAsRoot()
            if let completion = command as? CompletionCommand { return try completion.write(completionScript(for:)) }
            try command.run()
        } catch {
            // An ExitCode comes from a command that has reported its error itself.
            guard !(error is ExitCode), exitCode(for: error) == .validationFailure else { exit(withError: error) }
            // The last line of the library's text is "See '<command> --help' for more information."
            let help = fullMessage(for: error).split(separator: "\n").last?.split(separator: "'").dropFirst().first
            let said = message(for: error).split(separator: "\n").joined(separator: " ")
            let message = CommandNames.fault(in: CommandLine.arguments.dropFirst(), of: Self.self) ?? said
            Terminal.error("penstock: \(message); see '\(help ?? "penstock --help")'")
            Glibc.exit(ExitStatus.usage)
        }
    }
}
