import Jobs
import Migration
import Postgres
import Schema
import Support
import Testing

/// A program beside a schema of another version.
@Suite(.waits) struct VersionTests {
    private let database: TemplateDatabase

    init() throws { database = try TemplateDatabase(.jobs) }

    private func misfit() throws -> String? {
        try Migrator(Connection(database.url, applicationName: "tests")).misfit()
    }

    @Test func `the service connects to its own schema alone, and says which versions there are`() throws {
        #expect(try misfit() == nil)
        try database.psql("insert into penstock_schema (version, name) values (9999, 'later')")
        let error = #expect(throws: PostgresError.self) {
            try Queue.connectToOwnSchema(database.url, applicationName: "tests")
        }
        #expect(error?.isTransient == true)
        #expect(
            error?.detail == "the schema has version 9999, this program knows \(Schema.version); use the newer program")
        try database.psql("delete from penstock_schema where version in (9999, \(Schema.version))")
        #expect(
            try misfit()?.contains("has version \(Schema.version - 1), this program needs \(Schema.version)") == true)
        try database.psql("drop table penstock_schema")
        #expect(try misfit()?.contains("no Penstock schema (version \(Schema.version) is needed)") == true)
    }

    @Test func `a later schema that has kept what this program needs is worked with`() throws {
        try database.psql("insert into penstock_schema (version, name, oldest_program) values (9999, 'later', 3)")
        #expect(try misfit() == nil)
        _ = try Queue.connectToOwnSchema(database.url, applicationName: "tests")
        try database.psql("update penstock_schema set oldest_program = \(Schema.version + 1) where version = 9999")
        #expect(try misfit() != nil)
    }
}
