import ArgumentParser
import Catalog
import Configuration
import Jobs
import Postgres
import Service

/// `--config`, for every command that needs settings.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .long, help: "A YAML file of settings; the environment goes first.")
    var config: String?

    func values() throws -> SettingValues { try SettingValues(file: config) }

    /// All settings and the files that they name, for a service.
    /// - Throws: `ConfigurationError` with all that is missing or wrong.
    func service() throws -> (Configuration, ServiceFiles) {
        try ServiceFiles.read(try SettingValues(allIn: config))
    }

    /// The queue's database, for commands that need no other setting.
    /// - Throws: `ConfigurationError`, or `PostgresError` when the database is out of reach.
    func database(_ purpose: String) throws -> Connection {
        try queue(purpose).connection
    }

    func queue(_ purpose: String) throws -> Queue {
        try Queue.connect(try values()[\.databaseURL], applicationName: "penstock \(purpose)")
    }
}

extension SettingValues {
    /// The catalogs of the configured folder, as an operator sees them, without the database's opinion of them.
    /// - Throws: `CommandFailure` with the first of their faults.
    func loadedCatalogs() throws -> CatalogSet {
        let (catalogs, faults) = CatalogLoader.load(try CatalogFolder.sources(in: self[\.catalogs]))
        if let fault = faults.first(where: { $0.severity == .error }) {
            throw CommandFailure("\(fault); penstock catalog check lists all faults", ExitStatus.configuration)
        }
        return catalogs.seen(by: .unrestricted)
    }
}
