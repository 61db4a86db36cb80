import ArgumentParser
import Catalog
import Configuration
import Generation
import JSON
import Postgres
import SQLText

struct CatalogGrantsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grants", abstract: "Print the rights that the catalogs need, as SQL.",
        discussion: """
            USAGE of the schemas, SELECT of the columns that the catalogs name, and TEMPORARY where one has a filterKey. It \
            can be run again when catalogs have changed; rights that are needed no more are not taken away.

            Example: penstock catalog grants --role shop_reader | psql postgresql://owner@localhost/shop
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The role of SOURCE_URL.") var role: String
    @Argument(help: "The folder of catalogs; PENSTOCK_CATALOGS when left out.") var folder: String?
    @Flag(name: .long, help: "Print one JSON array of statements.") var json = false

    func run() throws {
        try command {
            let values = try options.values()
            let (catalogs, faults) = CatalogLoader.load(
                try CatalogFolder.sources(in: try self.folder ?? values[\.catalogs]))
            if let fault = faults.first(where: { $0.severity == .error }) {
                throw CommandFailure("\(fault)", ExitStatus.dataError)
            }
            let session = try SourceSession(try values[\.sourceURL], purpose: "penstock catalog grants")
            let database = try session.inspecting { connection in
                try connection.query("select current_database()", "look up the name").first?.string(at: 0)
            }
            let statements = CatalogGrants(for: catalogs.reports).statements(to: role, database: database ?? "")
            if json { return Terminal.json(.array(statements.map { .string($0) })) }
            for statement in statements { Terminal.line(statement) }
        }
    }
}
