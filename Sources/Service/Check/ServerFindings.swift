import Catalog
import Postgres
import SQLText

/// Findings about a PostgreSQL server that need none of its tables.
package enum ServerFindings {
    /// The oldest major version that Penstock works with (docs/versions.md).
    static let oldestPostgres = 15
    /// The newest major version that it is expected to work with.
    static let newestPostgres = 19

    /// - Parameters:
    ///   - subject: "database" or "source".
    ///   - holes: whether to name the known holes of its version, which no catalog can do anything about.
    package static func of(_ connection: Connection, subject: String, holes: Bool = true) -> [CheckFinding] {
        findings(
            subject: subject, version: connection.serverVersion,
            encoding: connection.reported("server_encoding") ?? "UTF8",
            holes: holes)
    }

    /// Where the catalogs were looked for, so that a wrong database does not look like missing tables.
    package static func place(_ connection: Connection, remark: String = "") -> CheckFinding {
        CheckFinding(subject: "source", grade: .good, message: "looked in \(connection.place)\(remark)")
    }

    /// Whether lists of keys can be taken, which go into a temporary table, where a catalog offers them.
    /// - Throws: `PostgresError` when the source is out of reach.
    package static func lists(
        for catalogs: CatalogSet, on connection: Connection
    ) throws(PostgresError) -> [CheckFinding] {
        let reports = catalogs.reports.filter { $0.filterKey != nil }
        guard let first = reports.first else { return [] }
        let row = try connection.query(
            """
            select pg_catalog.has_database_privilege(current_database(), 'TEMPORARY') as may,
                pg_catalog.pg_is_in_recovery() as standby, pg_catalog.quote_ident(current_database()) as name,
                pg_catalog.quote_ident(current_user) as role
            """, "look for the right to make temporary tables"
        ).first
        guard let row else { return [] }
        let more = reports.count > 1 ? " and \(reports.count - 1) more" : ""
        let purpose = "exports by a list of keys would fail (filterKey of \(first.module)/\(first.key)\(more))"
        func warning(_ message: String) -> [CheckFinding] {
            [CheckFinding(subject: "source", grade: .warning, message: message)]
        }
        let (name, role) = (row.string("name") ?? "", row.string("role") ?? "")
        if row.boolean("may") != true {
            return warning(
                "the role \(role) may make no temporary table in the database \(name): \(purpose); "
                    + "grant temporary on database \(name) to \(role)")
        }
        if row.boolean("standby") == true {
            return warning("the database \(name) is a standby, which makes no temporary tables: \(purpose)")
        }
        return []
    }

    static func findings(
        subject: String, version number: Int32, encoding: String, holes: Bool = true
    ) -> [CheckFinding] {
        func finding(_ grade: CheckFinding.Grade, _ message: String) -> CheckFinding {
            CheckFinding(subject: subject, grade: grade, message: message)
        }
        let version = Version(postgres: number)
        var findings: [CheckFinding] = []
        if version < Version(oldestPostgres, 0) {
            findings.append(
                finding(.bad, "PostgreSQL \(version) is too old: Penstock needs \(oldestPostgres) or later"))
        } else if holes,
            let message = KnownHoles.message(
                "PostgreSQL", version, KnownHoles.holes(in: version, of: KnownHoles.postgres))
        {
            findings.append(finding(.warning, message))
        }
        if holes, version >= Version(newestPostgres + 1, 0) {
            findings.append(
                finding(
                    .warning,
                    "PostgreSQL \(version) is newer than this Penstock, which works with \(oldestPostgres) to "
                        + "\(newestPostgres)"))
        }
        if encoding == "SQL_ASCII" {
            findings.append(
                finding(
                    .warning,
                    "the database is in SQL_ASCII, which checks no text: bytes that are not UTF-8 can stand in it, and"
                        + " only the programs that wrote them know their encoding"))
        }
        return findings
    }
}
