import Postgres
import SQLText

extension Migrator {
    /// Why this role cannot make the missing tables; nil when it can.
    package static func missingRight(on connection: Connection) throws(PostgresError) -> String? {
        let row = try connection.query(
            """
            select current_user as role, current_schema() as schema, current_setting('search_path') as path,
                has_schema_privilege(current_schema(), 'create') as creates
            """, "look up rights"
        ).first
        guard let schema = row?.string("schema") else {
            return
                "no schema of the search_path (\(row?.string("path") ?? "")) is there; make one, or set another search_path"
        }
        guard row?.boolean("creates") == false else { return nil }
        let role = row?.string("role") ?? ""
        return
            "the role '\(role)' may not make tables in the schema '\(schema)'; grant create on schema \(schema) to \(role)"
    }

    /// A part of the service that may have a role of its own.
    package enum Part: String, CaseIterable, Sendable {
        case engine, responder, webhooks, auditor, reader
        /// All of it in one role.
        case service
    }

    /// Lets a role be a part of the service without owning anything. The role is there already.
    package func grant(_ part: Part, to role: String) throws {
        try connection.query("select grant_roles(\(bind: role), \(bind: part.rawValue))", "grant rights")
    }

    /// Makes a role that can log in, without a password, where it is not there.
    /// - Throws: `PostgresError` 42501 when this role may not make others.
    package func makeRole(_ name: String) throws(PostgresError) {
        let isThere = try connection.query(
            "select exists (select from pg_roles where rolname = \(bind: name)) as found", "look for role")
        guard isThere.first?.boolean("found") == false else { return }
        try connection.query("create role \(identifier: name) login", "make role")
    }

    /// Gives the roles that are known what they need by now.
    /// - Returns: those that are not there any more.
    package func renewGrants() throws(PostgresError) -> [String] {
        try connection.query("select grant_roles() as gone", "renew grants").all.compactMap { $0.string("gone") }
    }

    /// How the rights of this session's role differ from those of a part of the service.
    package static func faults(
        of part: Part, on connection: Connection
    ) throws(PostgresError) -> (missing: [String], needless: [String]) {
        let rows = try connection.query(
            "select missing, needless from part_faults(\(bind: part.rawValue))", "compare rights")
        return (rows.all.compactMap { $0.string("missing") }, rows.all.compactMap { $0.string("needless") })
    }
}
