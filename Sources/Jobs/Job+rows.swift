import JSON
import Posix
import Postgres
import SQLText
import Time

extension Job {
    /// What `init` reads of a row, but for the request.
    static let listedColumns: SQL = """
        id, serial, tenant_id, module, catalog, category, format, language, requested_by, state, epoch, attempts, \
        max_attempts, progress_total, progress_done, parts_total, parts_ready, error_code, error_summary, \
        attempt_error_code, attempt_error_summary, attempt_sqlstate, attempt_error_detail, waits, \
        interruptions, run_after, requested_at, started_at, completed_at, expires_at, removed_at, file_deleted_at, notify, \
        notified_at, source, interval, schedule_id, changed_at, requested_with, access, traceparent, rows_path, rows_size, rows_sha256, rows_expire_at, \
        rows_deleted_at, reexport_of, reexport_params, reexport_zone, reexport_day, reexport_rows_path, \
        reexport_rows_sha256, change_number, filter_file, filter_keys, filter_sha256, file_name, stored_path, \
        file_size_bytes, row_count, sha256, metadata
        """
}

extension Job.KeptRows {
    /// - Returns: nil when no rows were kept.
    init?(_ row: Rows.Row) {
        guard let path = row.string("rows_path"), let size = row.integer("rows_size"),
            let sha256 = row.string("rows_sha256"), let expiresAt = row.timestamp("rows_expire_at")
        else { return nil }
        self.init(
            storedPath: path, size: size, sha256: String(sha256.dropFirst(2)), expiresAt: expiresAt)
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
