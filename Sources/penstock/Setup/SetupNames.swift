import Coding
import Posix
import Postgres
import SQLText

/// The names and connection strings of an installation beside an application's database.
struct SetupNames {
    /// The application's database.
    let source: String
    /// Penstock's own database, and the role that owns it.
    let database: String
    let reader: String
    let databaseURL: String
    let sourceURL: String
    let ownerPassword: String
    let readerPassword: String

    /// Takes names that the server does not have yet.
    /// - Parameters:
    ///   - url: of the application's database, by a role that may look at its tables.
    ///   - connection: to it.
    /// - Throws: `PostgresError`.
    init(_ url: ConnectionString, on connection: Connection) throws(PostgresError) {
        let facts = try connection.query(
            """
            select current_database() as name,
                array(select rolname::text from pg_roles) || array(select datname::text from pg_database) as taken
            """, "look up names"
        ).first
        source = facts?.string("name") ?? ""
        let taken = Set(facts?.strings("taken") ?? [])
        database = Self.free("penstock", taken)
        reader = Self.free("\(source.prefix(40))_reader", taken)
        ownerPassword = Base64.encode(Random.bytes(24), .url)
        readerPassword = Base64.encode(Random.bytes(24), .url)
        var own = url
        own["dbname"] = database
        own["user"] = database
        own["password"] = ownerPassword
        var data = url
        data["dbname"] = source
        data["user"] = reader
        data["password"] = readerPassword
        if try Self.asksSystemUser(connection) {
            own["host"] = "localhost"
            data["host"] = "localhost"
        }
        databaseURL = own.uri
        sourceURL = data.uri
    }

    private static func free(_ name: String, _ taken: Set<String>) -> String {
        var number = 1
        var free = name
        while taken.contains(free) {
            number += 1
            free = "\(name)_\(number)"
        }
        return free
    }

    /// Whether this server takes a user of the system alone for a role of the same name over its socket (`peer`, as
    /// Debian has it), so that other roles come by TCP. False where this role may not see that.
    private static func asksSystemUser(_ connection: Connection) throws(PostgresError) -> Bool {
        let rights = try connection.query(
            """
            select inet_server_addr() is null
                and has_table_privilege('pg_catalog.pg_hba_file_rules', 'select')
                and has_function_privilege('pg_catalog.pg_hba_file_rules()', 'execute') as may_look
            """, "look up rights"
        ).first
        guard rights?.boolean("may_look") == true else { return false }
        let rule = try connection.query(
            """
            select auth_method = 'peer' as asks from pg_catalog.pg_hba_file_rules
            where type = 'local' and 'all' = any (database) and 'all' = any (user_name)
            order by line_number limit 1
            """, "look up pg_hba.conf"
        ).first
        return rule?.boolean("asks") == true
    }

    /// For psql, by a role that may make roles and databases.
    func script(granting grants: [String]) -> String {
        func name(_ text: String) -> String { SQL.quoted(identifier: text) }
        let lines =
            [
                "-- Penstock's roles and its own database, and the rights to read what the catalogs name.",
                "-- Once, by a role that may make roles and databases: psql -v ON_ERROR_STOP=1 -f setup.sql URL",
                "",
                "create role \(name(database)) login password '\(ownerPassword)';",
                "create database \(name(database)) owner \(name(database)) encoding 'UTF8' template template0;",
                "",
                "create role \(name(reader)) login password '\(readerPassword)';",
            ] + grants
        return lines.joined(separator: "\n") + "\n"
    }
}
