import Migration
import Postgres
import SQLText

/// A session of Penstock's own database: made, set up and looked at in one round trip after the connection, so that it
/// is the same for every setting of the role, the database, the connection string or a pooler.
extension Queue {
    /// Connects and sets the session up.
    /// - Parameter applicationName: the name in pg_stat_activity.
    /// - Throws: when there is no connection, or a setting did not take.
    package static func connect(_ conninfo: String, applicationName: String) throws(PostgresError) -> Queue {
        try settingUp(try Connection(conninfo, applicationName: applicationName))
    }

    /// Connects for a process of the service, which works with no other schema than its own, whenever it first sees it.
    /// - Throws: as `connect`; `connectionFailed` with the versions when the schema is another program's, which passes
    ///   when it has been brought up to date or the program has been replaced.
    package static func connectToOwnSchema(
        _ conninfo: String, applicationName: String
    ) throws(PostgresError) -> Queue {
        let queue = try connect(conninfo, applicationName: applicationName)
        if let misfit = try Migrator(queue.connection).misfit() {
            throw PostgresError(.connectionFailed, operation: "look at the schema", detail: misfit)
        }
        return queue
    }

    /// Sets up the session of a new connection.
    /// - Throws: when a setting did not take.
    package static func settingUp(_ connection: Connection) throws(PostgresError) -> Queue {
        connection.patience = patienceMilliseconds
        // Its errors go to the log.
        connection.tellDetails(false)
        let row = try connection.run(setUp, "set up session").first
        for (name, value) in settings + [("client_encoding", "UTF8")] where row?.string(name) != value {
            throw PostgresError(
                .unexpectedResult, operation: "set up session",
                detail: "\(name) is '\(row?.string(name) ?? "")' and not '\(value)', although it was set")
        }
        return Queue(connection, obstacle: row.flatMap(obstacle))
    }

    /// The version of jobs that this program can make: those whose `requires` is not higher are claimed, and others are
    /// left to a later program. A release that stores requests which the one before cannot read has `create_job` write
    /// a higher number with them.
    private static let jobVersion = 5

    /// How long a server that says nothing is waited for: longer than it may take for a statement.
    private static let patienceMilliseconds: Int64 = 20_000

    /// Times come in UTC and bytes as digits, no statement or idle transaction of ours can hold anything for long, and
    /// a session may be idle for as long as nothing happens.
    private static let settings: [(name: String, value: String)] = [
        ("TimeZone", "UTC"), ("DateStyle", "ISO, YMD"), ("IntervalStyle", "postgres"), ("bytea_output", "hex"),
        ("extra_float_digits", "1"), ("quote_all_identifiers", "off"), ("standard_conforming_strings", "on"),
        ("statement_timeout", "15s"), ("lock_timeout", "10s"), ("idle_in_transaction_session_timeout", "30s"),
        ("default_transaction_isolation", "read committed"), ("default_transaction_deferrable", "off"), ("jit", "off"),
    ]

    /// Settings that only some versions of the server have (14 and 17), or that mean nothing on a unix socket: with the
    /// last five the server has closed the session of a host that is cut off after some 25 s, and not after hours.
    private static let newer: [(name: String, value: String)] = [
        ("idle_session_timeout", "0"), ("transaction_timeout", "0"), ("client_connection_check_interval", "5s"),
        ("tcp_keepalives_idle", "10"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "20s"),
    ]

    private static var setUp: SQL {
        var columns: [SQL] = settings.map { name, value in
            "pg_catalog.set_config(\(bind: name), \(bind: value), false) as \(identifier: name)"
        }
        columns += newer.map { name, value in
            """
            case when pg_catalog.current_setting(\(bind: name), true) is not null
                then pg_catalog.set_config(\(bind: name), \(bind: value), false) end
            """
        }
        columns += [
            // The weaker levels lose commits that were acknowledged, be it only at a failover. An operator who accepts
            // that writes it into the connection string.
            """
            case when pg_catalog.current_setting('synchronous_commit') in ('off', 'local', 'remote_write')
                    and (select s.source <> 'client' from pg_catalog.pg_settings s where s.name = 'synchronous_commit')
                then pg_catalog.set_config('synchronous_commit', 'on', false) end
            """,
            "pg_catalog.set_config('search_path', \(schema), false)",
            "pg_catalog.set_config('penstock.job_version', \(bind: String(jobVersion)), false)",
            "pg_catalog.current_setting('client_encoding') as client_encoding",
            "pg_catalog.pg_is_in_recovery() as is_standby",
            "pg_catalog.current_setting('transaction_read_only') as read_only",
        ]
        // First, so that a shorter limit of the role's ends nothing of the rest.
        return "SET statement_timeout = '15s'; select \(columns.joined(separator: ",\n    "))"
    }

    /// Where Penstock's objects are looked for and made: the schema that has them, be it in the search path or not; of
    /// several the first in the search path, then public. Where none has, the first schema of the search path gets
    /// them.
    private static let schema: SQL = """
        coalesce((
            select pg_catalog.quote_ident(n.nspname)
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relname = 'penstock_schema' and c.relkind = 'r' and c.relpersistence <> 't'
            order by pg_catalog.array_position(pg_catalog.current_schemas(false), n.nspname), n.nspname <> 'public', n.nspname
            limit 1
        ), pg_catalog.quote_ident(pg_catalog.current_schema()), '')
        """

    /// Why a session cannot write, and the remedy; nil when it can.
    private static func obstacle(_ row: Rows.Row) -> String? {
        if row.boolean("is_standby") == true {
            return "this is a standby, which takes no changes; name the primary, or all servers of the cluster with "
                + "target_session_attrs=read-write"
        }
        guard row.string("read_only") == "on" else { return nil }
        return
            "the database takes no changes now: default_transaction_read_only is on for this role, for this database or "
            + "for the server; set it off, or name another server"
    }
}
