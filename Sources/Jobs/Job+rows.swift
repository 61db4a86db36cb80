import JSON
import Posix
import Postgres
import Time

extension Job.KeptRows {
    /// - Returns: nil when no rows were kept.
    init?(_ row: Rows.Row) {
        guard let path = row.string("rows_path"), let size = row.integer("rows_size"),
            let sha256 = row.string("rows_sha256"), let expiresAt = row.string("rows_expire_at")
        else { return nil }
        self.init(
            storedPath: path, size: size, sha256: String(sha256.dropFirst(2)), expiresAt: Instant(postgres: expiresAt))
    }
}

extension Job.Reexport {
    /// - Returns: nil for a job that is no re-export.
    init?(_ row: Postgres.Rows.Row, params: JSON) {
        guard let report = row.string("reexport_of").flatMap({ UUID($0) }), let zone = row.string("reexport_zone"),
            let day = row.string("reexport_day")
        else { return nil }
        var rows: Rows?
        if let path = row.string("reexport_rows_path"), let sha256 = row.string("reexport_rows_sha256") {
            rows = Rows(storedPath: path, sha256: String(sha256.dropFirst(2)))
        }
        self.init(report: report, params: params, zone: zone, day: day, rows: rows)
    }
}
