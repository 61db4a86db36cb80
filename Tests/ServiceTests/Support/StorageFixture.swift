import Glibc
import Jobs
import Posix
import Postgres
import Storage
import Support

@testable import Service

/// A database of Penstock's own tables, and the storage folder that it is bound to.
struct StorageFixture {
    let database: TemplateDatabase
    let queue: Queue
    let root = "\(TestRun.folder)/storage-\(Random.integer())"
    let storage: StorageFolder
    let identity: UUID

    init() throws {
        database = try TemplateDatabase(.jobs)
        queue = try Queue.connect(database.url, applicationName: "tests")
        storage = try StorageFolder(root: root)
        identity = try storage.makeIdentity(.version4())
    }

    /// Jobs that have a file and kept rows of one byte, in the table.
    func insert(_ count: Int, state: String = "ready", expiresAt: String = "now() + interval '1 day'") throws -> [UUID]
    {
        try database.rows(
            """
            insert into report_export_jobs
                (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash,
                 state, epoch, completed_at, file_name, stored_path, file_size_bytes, row_count, sha256, metadata,
                 expires_at, rows_path, rows_size, rows_sha256, rows_expire_at)
            select id, 'acme-logistics', 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256(''),
                '\(state)', 1, now(), 'a.csv', 'files/' || right(id::text, 2) || '/' || id || '.1.csv', 1, 1,
                sha256('x'), '{}', \(expiresAt), 'files/' || right(id::text, 2) || '/' || id || '.1.rows.gz', 1,
                sha256(''), \(expiresAt)
            from (select gen_random_uuid() as id from generate_series(1, \(count))) made returning id
            """
        ).compactMap { $0[0].flatMap { UUID($0) } }
    }

    /// Where a file of a job's first attempt lies.
    func path(_ job: UUID, _ ending: String) -> String {
        "\(root)/files/\(String(job.description.suffix(2)))/\(job).1.\(ending)"
    }

    /// Writes a file of one byte, two hours old.
    func write(_ path: String, _ byte: UInt8 = 0x78) throws {
        try File.makeFolders(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
        try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o640).writeAll([byte])
        let times = [timespec](repeating: timespec(tv_sec: time(nil) - 7_200, tv_nsec: 0), count: 2)
        utimensat(AT_FDCWD, path, times, 0)
    }

    /// How many of these files are there.
    func count(_ paths: [String]) -> Int { paths.count { access($0, F_OK) == 0 } }
}
