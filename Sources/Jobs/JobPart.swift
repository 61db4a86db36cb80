import Coding
import Posix
import Postgres
import Time

/// One part of a large export: a range of its key, made by a process of its own.
package struct JobPart: Sendable {
    /// From the same sequence as the jobs' serials: one number names a job or a part, never both.
    package let serial: Int64
    package let job: UUID
    /// Of the attempt that it is a part of.
    package let epoch: Int
    /// From 1, in the order of the file.
    package let number: Int
    /// `pending`, `processing` or `ready`; of a job that ended before it was ready, the job's.
    package let state: JobState
    /// The sort column's value in its first row, and that of the next part's; nil at either end of the table.
    package let firstKey: String?
    package let endKey: String?
    /// Where its rows begin in the file, from 0, once the ranges have been counted.
    package let firstRow: Int64?
    package let rows: Int64?
    /// The part's own file, for download: there only while the job is processing, and not for every part.
    package let file: File?
    package let createdAt: Timestamp
    package let startedAt: Timestamp?
    package let completedAt: Timestamp?

    package struct File: Sendable, Equatable {
        /// Where it is under the storage folder.
        package let storedPath: String
        /// Bytes.
        package let size: Int64
        /// Hexadecimal.
        package let sha256: String

        /// The SHA-256 as 32 bytes.
        package var digest: [UInt8] { Hexadecimal.decode(sha256) ?? [] }

        package init(storedPath: String, size: Int64, sha256: String) {
            self.storedPath = storedPath
            self.size = size
            self.sha256 = sha256
        }
    }

    /// - Throws: `JobsError.unreadableRow` when the row is not of this program's schema.
    init(_ row: Rows.Row) throws(JobsError) {
        func required(_ column: String) throws(JobsError) -> String {
            guard let value = row.string(column) else { throw .unreadableRow(column) }
            return value
        }
        guard let job = UUID(try required("job_id")) else { throw .unreadableRow("job_id") }
        guard let state = JobState(rawValue: try required("state")) else { throw .unreadableRow("state") }
        self.job = job
        self.state = state
        serial = row.integer("serial") ?? 0
        epoch = Int(row.integer("epoch") ?? 0)
        number = Int(row.integer("number") ?? 0)
        firstKey = row.string("first_key")
        endKey = row.string("end_key")
        firstRow = row.integer("first_row")
        rows = row.integer("row_count")
        if let path = row.string("stored_path") {
            file = File(
                storedPath: path, size: row.integer("file_size_bytes") ?? 0,
                sha256: String(try required("sha256").dropFirst(2)))
        } else {
            file = nil
        }
        guard let createdAt = row.timestamp("created_at") else { throw .unreadableRow("created_at") }
        self.createdAt = createdAt
        startedAt = row.timestamp("started_at")
        completedAt = row.timestamp("completed_at")
    }
}
