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

    /// Lets a role run the service without owning anything. The role is there already.
    package func grantService(to role: String) throws {
        try connection.query("select grant_service(\(bind: role))", "grant service")
    }
}
