import Glibc
import Jobs
import Posix
import Storage
import Support
import Testing

@testable import Service

/// How files go whose time is over.
@Suite(.waits) struct DeletionTests {
    private let database: TemplateDatabase
    private let queue: Queue
    private let root = "\(TestRun.folder)/storage-\(Random.integer())"
    private let storage: StorageFolder
    private let identity: UUID

    init() throws {
        database = try TemplateDatabase(.jobs)
        queue = try Queue.connect(database.url, applicationName: "tests")
        storage = try StorageFolder(root: root)
        identity = try storage.makeIdentity(.version4())
    }

    /// Expired jobs that expired at the same moment, with kept rows whose time is over too.
    private func insertExpired(_ count: Int) throws {
        try database.psql(
            """
            insert into report_export_jobs
                (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash,
                 state, completed_at, file_name, stored_path, file_size_bytes, row_count, sha256, metadata, expires_at,
                 rows_path, rows_size, rows_sha256, rows_expire_at)
            select id, 'acme-logistics', 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256(''),
                'expired', now(), 'a.csv', 'files/' || right(id::text, 2) || '/' || id || '.1.csv', 1, 1, sha256(''),
                '{}', timestamptz '2026-01-01', 'files/' || right(id::text, 2) || '/' || id || '.1.rows.gz', 1,
                sha256(''), timestamptz '2026-01-01'
            from (select gen_random_uuid() as id from generate_series(1, \(count))) made
            """)
    }

    @Test func `goes past however many files that cannot be removed, and says once how many they are`() throws {
        try insertExpired(1_100)
        let refused = 1_000
        var (removed, recorded): (Int, Set<UUID>) = (0, [])
        var deletion = Deletion(storage, identity, .none)
        for (page, record) in [
            (queue.deletableFiles, queue.recordDeletion), (queue.deletableRows, queue.recordRowsDeletion),
        ] {
            var seen: Set<String> = []
            try deletion.run({ try page(0, $0) }) { file throws(StorageError) in
                #expect(seen.insert(file.storedPath).inserted)
                // A path that is none of ours is refused, as a folder that lets nothing be removed is.
                try storage.remove(relativePath: seen.count <= refused ? "elsewhere" : file.storedPath)
            } record: {
                try record($0)
                recorded.insert($0)
            }
            #expect(seen.count == 1_100)
            removed += seen.count - refused
            #expect(try page(0, nil).count == 500)
        }
        #expect(removed == 200 && deletion.refused == 2 * refused)
        for column in ["file_deleted_at", "rows_deleted_at"] {
            #expect(
                try database.rows("select count(*) from report_export_jobs where \(column) is not null") == [["100"]])
        }
    }

    @Test func `records nothing while the folder is another one`() throws {
        try insertExpired(1)
        unlink("\(root)/instance")
        var deletion = Deletion(storage, identity, .none)
        try deletion.run({ try queue.deletableFiles(graceSeconds: 0, after: $0) }) { _ throws(StorageError) in
        } record: {
            try queue.recordDeletion($0)
        }
        #expect(try queue.deletableFiles(graceSeconds: 0).count == 1)
        #expect(deletion.refused == 0)
    }
}
