import Posix
import Postgres
import SQLText

/// The whole file of a report's rows on disk, and how long it is to stay.
package struct KeptRowsFile: Sendable, Equatable {
    package let storedPath: String
    /// Bytes.
    package let size: Int64
    /// Hexadecimal.
    package let sha256: String
    package let seconds: Int

    package init(storedPath: String, size: Int64, sha256: String, seconds: Int) {
        self.storedPath = storedPath
        self.size = size
        self.sha256 = sha256
        self.seconds = seconds
    }
}

/// Rows that are kept beside files.
extension Queue {
    func keep(_ rows: KeptRowsFile, of claim: Claim, madeWith file: FinishedFile) throws {
        try connection.query(
            """
            select keep_rows(job_id => \(bind: claim.job.id.description), made => \(bind: file.storedPath), \
            path => \(bind: rows.storedPath), size => \(bind: rows.size), \
            digest => decode(\(bind: rows.sha256), 'hex'), keep => make_interval(secs => \(bind: rows.seconds)))
            """, "keep rows", preparing: true)
    }

    package func recordRowsDeletion(_ job: UUID) throws {
        try connection.query("select record_rows_deletion(\(bind: job.description))", "record rows deletion")
    }

    /// The stored paths of the rows that are kept of some jobs.
    package func wantedRows(_ jobs: [UUID]) throws -> Set<String> {
        let rows = try connection.query(
            "select rows_path from wanted_rows(\(bind: jobs.map(\.description)))", "look up kept rows")
        return Set(rows.all.compactMap { $0.string("rows_path") })
    }

    /// Jobs whose rows are kept, for the sweep's other direction.
    package func keptRows(after id: UUID?) throws -> [(job: UUID, storedPath: String, size: Int64)] {
        try connection.query(
            "select id, rows_path, rows_size from list_kept_rows(\(bind: id?.description))", "list kept rows"
        ).all.compactMap { row in
            guard let id = row.string("id").flatMap({ UUID($0) }), let path = row.string("rows_path") else {
                return nil
            }
            return (id, path, row.integer("rows_size") ?? 0)
        }
    }
}
