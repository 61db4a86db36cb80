import Postgres

/// How new a tenant's rows are: the greatest value of the column that the catalog names, as text.
package enum Watermark {
    /// - Parameters:
    ///   - session: outside a transaction. After an error it is good for nothing but being closed.
    ///   - statement: one row with one column; NULL when there are no rows.
    ///   - seconds: how long it may take.
    package static func take(
        _ session: SourceSession, _ statement: SQL, tenant: String, seconds: Int
    ) throws(PostgresError) -> String {
        _ = try session.begin(tenant: tenant, zone: "UTC", seconds: seconds)
        let value = try session.connection.query(statement, "read watermark").first?.string(at: 0)
        try session.end()
        return value ?? ""
    }
}
