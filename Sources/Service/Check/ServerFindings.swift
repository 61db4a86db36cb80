import Postgres

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
