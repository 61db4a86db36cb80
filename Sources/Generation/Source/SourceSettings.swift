import Postgres
import SQLText

/// The settings of a transaction that reads an export's rows, for its own length.
enum SourceSettings {
    /// The settings that decide how values are written. They are read back, because a file with dates in another form
    /// would look right.
    private static let output: [(name: String, value: String)] = [
        ("DateStyle", "ISO, YMD"), ("IntervalStyle", "postgres"), ("bytea_output", "hex"),
        ("extra_float_digits", "1"), ("quote_all_identifiers", "off"),
    ]

    /// Settings that only some versions of the server have: transaction_timeout since 17, the other since 14.
    private static let newer: [(name: String, value: String)] = [
        // One transaction is the whole export; its statements have their own limit.
        ("transaction_timeout", "0"),
        // A worker that was killed leaves its query running until the server looks. Where the role has another
        // interval, the first look comes after that.
        ("client_connection_check_interval", "2s"),
    ]

    /// The columns of a select.
    ///
    /// The search path stays that of the role, the database or the connection string, where views' functions may need
    /// it; tables that a catalog names without a schema are found behind it in the role's own schema, and in public.
    static func statement(idleSeconds: Int) -> SQL {
        var columns: [SQL] = output.map { name, value in
            "pg_catalog.set_config(\(bind: name), \(bind: value), true) as \(identifier: name)"
        }
        columns += newer.map { name, value in
            """
            case when pg_catalog.current_setting(\(bind: name), true) is not null
                then pg_catalog.set_config(\(bind: name), \(bind: value), true) end
            """
        }
        columns += [
            "pg_catalog.set_config('lock_timeout', '30s', true)",
            "pg_catalog.set_config('idle_in_transaction_session_timeout', \(bind: "\(idleSeconds)s"), true)",
            """
            pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ',
                nullif(pg_catalog.current_setting('search_path'), ''), '"$user"', 'public'), true)
            """,
            """
            pg_catalog.set_config('client_encoding', case pg_catalog.current_setting('server_encoding')
                when 'SQL_ASCII' then 'SQL_ASCII' else 'UTF8' end, true) as client_encoding
            """,
        ]
        return columns.joined(separator: ",\n    ")
    }

    /// - Throws: `PostgresError` when a setting has another value than it was given.
    static func verify(_ row: Rows.Row) throws(PostgresError) {
        // A server that promises no encoding is asked for its bytes as they are (`SourceSession.sendsUTF8`).
        let encoding = row.string("client_encoding") == "SQL_ASCII" ? "SQL_ASCII" : "UTF8"
        for (name, value) in output + [("client_encoding", encoding)] where row.string(name) != value {
            throw PostgresError(
                .unexpectedResult, operation: "begin export",
                detail: "\(name) is '\(row.string(name) ?? "")' and not '\(value)', although it was set")
        }
    }
}
