import Postgres
import SQLText
import Schema

/// Brings Penstock's own database to this program's version, and tells whether it is there.
///
/// Migrations only go forward and each is one transaction with its row in `penstock_schema`; the functions are
/// replaced whole after them. An advisory lock keeps two migrators apart.
package struct Migrator {
    /// The schema of the database, held against the one that this program needs.
    package enum Comparison: Equatable, Sendable {
        case current
        /// No schema, or one of an earlier version: `penstock migrate` mends it.
        case older(found: Int, needed: Int)
        /// A later program has been here.
        case newer(found: Int, needed: Int)
        /// A later program has been here, and has kept what this one needs.
        case newerButUsable(found: Int, needed: Int)
        /// The right version, but functions of another build.
        case functionsDiffer
        /// No schema, and the database's encoding cannot hold its texts.
        case notUTF8(encoding: String)

        package var description: String {
            switch self {
            case .current: "the schema is up to date (version \(Schema.version))"
            case .older(0, let needed):
                "the database has no Penstock schema (version \(needed) is needed); run: penstock migrate"
            case .older(let found, let needed):
                "the schema has version \(found), this program needs \(needed); run: penstock migrate"
            case .newer(let found, let needed):
                "the schema has version \(found), this program knows \(needed); use the newer program"
            case .newerButUsable(let found, let needed):
                "the schema has version \(found), and programs of version \(needed) may work with it too"
            case .notUTF8(let encoding):
                "the database's encoding is \(encoding), and Penstock's own database needs UTF8; make one with: "
                    + "create database … encoding 'UTF8' template template0"
            case .functionsDiffer: "the schema's functions are of another build; run: penstock migrate"
            }
        }
    }

    let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// - Throws: `PostgresError` when the database cannot be asked.
    package func compare() throws(PostgresError) -> Comparison {
        let versions = try compareVersions()
        guard versions == .current else { return versions }
        let same = try connection.query(
            """
            select coalesce(functions_md5 = md5(\(bind: functionsText)), false) as same
            from penstock_schema order by version desc limit 1
            """, "compare functions")
        return same.first?.boolean("same") == true ? .current : .functionsDiffer
    }

    /// As `compare`, without a look at the functions.
    private func compareVersions() throws(PostgresError) -> Comparison {
        let exists = try connection.query(
            "select to_regclass('penstock_schema') is not null as exists, getdatabaseencoding() as encoding",
            "look for schema")
        guard exists.first?.boolean("exists") == true else {
            return exists.first?.string("encoding") == "UTF8"
                ? .older(found: 0, needed: Schema.version)
                : .notUTF8(encoding: exists.first?.string("encoding") ?? "unknown")
        }
        // The column is not there before the migration that brings it.
        let row = try connection.query(
            """
            select version, to_jsonb(s) ->> 'oldest_program' as oldest from penstock_schema s
            order by version desc limit 1
            """, "read schema version"
        ).first
        let (found, needed) = (Int(row?.integer("version") ?? 0), Schema.version)
        if found < needed { return .older(found: found, needed: needed) }
        if found == needed { return .current }
        let isUsable = row?.integer("oldest").map { $0 <= needed } ?? false
        return isUsable ? .newerButUsable(found: found, needed: needed) : .newer(found: found, needed: needed)
    }

    /// Why a program of this version must not work with the database; nil when it may.
    /// - Throws: `PostgresError` when the database cannot be asked.
    package func misfit() throws(PostgresError) -> String? {
        switch try compareVersions() {
        case .current, .newerButUsable, .functionsDiffer: nil
        case let other: other.description
        }
    }

    /// - Returns: the names of the migrations that were applied.
    package func migrate() throws -> [String] {
        // A step may take long, so that only a server that is silent for others too is given up.
        connection.patience = .max
        // For an operator, of tables and not of rows.
        connection.tellDetails(true)
        try connection.execute("SET client_min_messages = warning; SET statement_timeout = 0; SET lock_timeout = '30s'")
        try connection.query("select pg_advisory_lock(\(bind: AdvisoryLock.migration))", "lock schema")
        try connection.execute(
            """
            create table if not exists penstock_schema (
                version integer primary key, name text not null, functions_md5 text,
                applied_at timestamptz not null default clock_timestamp(), oldest_program integer);
            alter table penstock_schema add column if not exists oldest_program integer
            """)
        let rows = try connection.query(
            "select coalesce(max(version), 0) as version from penstock_schema", "read version")
        let found = Int(rows.first?.integer("version") ?? 0)
        var applied: [String] = []
        for (offset, migration) in Schema.migrations.enumerated() where offset + 1 > found {
            try connection.transaction {
                try connection.execute(migration.text, "apply \(migration.name)")
                try connection.query(
                    "insert into penstock_schema (version, name) values (\(bind: offset + 1), \(bind: migration.name))")
            }
            applied.append(migration.name)
        }
        if found <= Schema.version { try replaceFunctions() }
        try connection.query("select pg_advisory_unlock(\(bind: AdvisoryLock.migration))", "unlock schema")
        return applied
    }

    /// All functions and their fingerprint in one transaction. Bodies are not checked one by one, so that their order
    /// does not matter.
    private func replaceFunctions() throws {
        try connection.transaction {
            try connection.execute("SET LOCAL check_function_bodies = off")
            for function in Schema.functions { try connection.execute(function.text, "replace \(function.name)") }
            try connection.query(
                """
                update penstock_schema
                set functions_md5 = md5(\(bind: functionsText)), oldest_program = \(bind: Schema.oldestProgram)
                where version = (select max(version) from penstock_schema)
                """)
        }
    }

    private var functionsText: String { Schema.functions.map(\.text).joined() }
}
