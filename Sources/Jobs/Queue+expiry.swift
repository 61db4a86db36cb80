import Posix
import Postgres
import SQLText

/// The calls of the housekeeper.
extension Queue {
    /// ready → expired for the jobs whose time has come.
    package func expire() throws -> [UUID] {
        try connection.query("select expire_jobs() as id", "expire jobs").all.compactMap {
            $0.string("id").flatMap { UUID($0) }
        }
    }

    /// The storage folder that belongs to this database; nil before one was bound.
    package func boundStorage() throws -> UUID? {
        try connection.query("select id from bound_storage()", "look up storage").first?.string("id")
            .flatMap { UUID($0) }
    }

    /// - Returns: the id that is bound now; another one than the given when another process was faster.
    package func bindStorage(_ id: UUID) throws -> UUID? {
        try connection.query("select bind_storage(\(bind: id.description)) as id", "bind storage").first?.string("id")
            .flatMap { UUID($0) }
    }

    /// A file whose time is over.
    package struct DeletableFile: Sendable, Equatable {
        package let job: UUID
        package let storedPath: String
        /// When its time was over, as the server writes it.
        let expiry: String
    }

    /// A page of the files that no link can lead to any more, in the order of their expiry.
    /// - Parameter file: the last of the page before.
    package func deletableFiles(graceSeconds: Int, after file: DeletableFile? = nil) throws -> [DeletableFile] {
        try connection.query(
            """
            select id, stored_path as path, expires_at as expiry from deletable_files(
                make_interval(secs => \(bind: graceSeconds)), \(bind: file?.expiry), \(bind: file?.job.description))
            """, "find deletable files"
        ).all.compactMap(Self.deletableFile)
    }

    /// A page of the kept rows whose time is over and that nothing is about to read.
    /// - Parameter file: the last of the page before.
    package func deletableRows(graceSeconds: Int, after file: DeletableFile? = nil) throws -> [DeletableFile] {
        try connection.query(
            """
            select id, rows_path as path, rows_expire_at as expiry from deletable_rows(
                make_interval(secs => \(bind: graceSeconds)), \(bind: file?.expiry), \(bind: file?.job.description))
            """, "find deletable rows"
        ).all.compactMap(Self.deletableFile)
    }

    private static func deletableFile(_ row: Rows.Row) -> DeletableFile? {
        guard let id = row.string("id").flatMap({ UUID($0) }), let path = row.string("path"),
            let expiry = row.string("expiry")
        else { return nil }
        return DeletableFile(job: id, storedPath: path, expiry: expiry)
    }

    /// Forgets jobs that ended so many days ago, a page at a time.
    /// - Parameter after: the last of the page before.
    /// - Returns: the last of the page, nil when there is no more, and how many went.
    package func removeHistory(days: Int, after job: UUID?, atMost: Int) throws -> (last: UUID?, removed: Int64) {
        let row = try connection.query(
            """
            select last, removed from remove_history(
                make_interval(days => \(bind: days)), \(bind: job?.description), \(bind: atMost))
            """, "remove old jobs"
        ).first
        return (row?.string("last").flatMap { UUID($0) }, row?.integer("removed") ?? 0)
    }

    package func recordDeletion(_ job: UUID) throws {
        try connection.query("select record_deletion(\(bind: job.description))", "record deletion")
    }

    /// A file found on disk, as the table knows it.
    package struct StoredFile: Sendable {
        package let state: JobState
        package let epoch: Int
        package let storedPath: String?
        /// Whether the housekeeper has recorded that the file was deleted.
        package let deleted: Bool
        /// Of the file that the sweep did not find once, and that makes the job ready again when it is back.
        package let lostPath: String?

        package init(state: JobState, epoch: Int, storedPath: String?, deleted: Bool, lostPath: String? = nil) {
            self.state = state
            self.epoch = epoch
            self.storedPath = storedPath
            self.deleted = deleted
            self.lostPath = lostPath
        }
    }

    package func storedFiles(_ jobs: [UUID]) throws -> [UUID: StoredFile] {
        let rows = try connection.query(
            "select id, state, epoch, stored_path, file_deleted_at, lost_path from stored_files(\(bind: jobs.map(\.description)))",
            "look up stored files")
        var result: [UUID: StoredFile] = [:]
        for row in rows.all {
            guard let id = row.string("id").flatMap({ UUID($0) }),
                let state = row.string("state").flatMap(JobState.init(rawValue:))
            else { continue }
            result[id] = StoredFile(
                state: state, epoch: Int(row.integer("epoch") ?? 0), storedPath: row.string("stored_path"),
                deleted: row.string("file_deleted_at") != nil, lostPath: row.string("lost_path"))
        }
        return result
    }

    /// Ready jobs, for the sweep's other direction: each must have its file.
    package func readyFiles(after id: UUID?) throws -> [(job: UUID, storedPath: String, size: Int64)] {
        Self.files(
            try connection.query(
                "select id, stored_path, file_size_bytes from ready_files(\(bind: id?.description))", "list ready files"
            ))
    }

    /// A file with the digest of its receipt.
    package struct DigestedFile: Sendable {
        package let job: UUID
        package let storedPath: String
        package let size: Int64
        /// Lower-case hexadecimal.
        package let sha256: String
    }

    /// Files that were lost and may come back.
    package func lostFiles(after id: UUID?) throws -> [DigestedFile] {
        try connection.query(
            "select id, stored_path, file_size_bytes, sha256 from lost_files(\(bind: id?.description))",
            "list lost files"
        ).all.compactMap(Self.digestedFile)
    }

    /// The next ready files to be read and compared with their receipts; none while another housekeeper is at it, and
    /// between two passes.
    /// - Parameters:
    ///   - housekeeper: which must ask again within `leaseSeconds`.
    ///   - done: the last job whose file it has read.
    ///   - atMost: 0 while it has files to read.
    package func takeScrub(
        _ housekeeper: UUID, leaseSeconds: Int, done: UUID?, atMost: Int, pauseSeconds: Int
    ) throws -> [DigestedFile] {
        try connection.query(
            """
            select * from take_scrub(\(bind: housekeeper.description), make_interval(secs => \(bind: leaseSeconds)), \
            \(bind: done?.description), \(bind: atMost), make_interval(secs => \(bind: pauseSeconds)))
            """, "take files to read"
        ).all.compactMap(Self.digestedFile)
    }

    private static func digestedFile(_ row: Rows.Row) -> DigestedFile? {
        guard let id = row.string("id").flatMap({ UUID($0) }), let path = row.string("stored_path"),
            let digest = row.string("sha256")
        else { return nil }
        return DigestedFile(job: id, storedPath: path, size: row.integer("file_size_bytes") ?? 0, sha256: digest)
    }

    /// The names of a job's file that was lost: the one for people and the path; nil when none was.
    package func lostFile(of job: UUID) throws -> (name: String, storedPath: String)? {
        let row = try connection.query(
            "select file_name, stored_path from lost_file(\(bind: job.description))", "look up lost file"
        ).first
        guard let name = row?.string("file_name"), let path = row?.string("stored_path") else { return nil }
        return (name, path)
    }

    private static func files(_ rows: Rows) -> [(job: UUID, storedPath: String, size: Int64)] {
        rows.all.compactMap { row in
            guard let id = row.string("id").flatMap({ UUID($0) }), let path = row.string("stored_path") else {
                return nil
            }
            return (id, path, row.integer("file_size_bytes") ?? 0)
        }
    }

    /// failed → ready because the lost file is back.
    /// - Returns: whether it was lost, and its time is not over.
    package func recordReturn(_ job: UUID) throws -> Bool {
        try connection.query("select restore_file(\(bind: job.description)) as restored", "record file that is back")
            .first?.boolean("restored") ?? false
    }

    /// ready → failed because the file is not there any more or not whole; the receipt is kept.
    /// - Returns: whether the job was still ready.
    package func recordLoss(_ job: UUID, code: String, summary: String) throws -> Bool {
        try connection.query(
            "select lose_file(\(bind: job.description), \(bind: code), \(bind: summary)) as lost", "record lost file"
        ).first?.boolean("lost") ?? false
    }
}
