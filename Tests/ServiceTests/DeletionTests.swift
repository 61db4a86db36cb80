import Glibc
import Jobs
import Posix
import Storage
import Support
import Testing

@testable import Service

/// How files go whose time is over.
@Suite(.waits) struct DeletionTests {
    private let fixture: StorageFixture
    private var queue: Queue { fixture.queue }

    init() throws { fixture = try StorageFixture() }

    /// Jobs that have expired at the same moment.
    private func insertExpired(_ count: Int) throws {
        _ = try fixture.insert(count, state: "expired", expiresAt: "timestamptz '2026-01-01'")
    }

    @Test func `goes past however many files that cannot be removed, and says once how many they are`() throws {
        try insertExpired(1_100)
        let refused = 1_000
        var (removed, recorded): (Int, Set<UUID>) = (0, [])
        var deletion = Deletion(fixture.storage, fixture.identity, .none)
        for (page, record) in [
            (queue.deletableFiles, queue.recordDeletion), (queue.deletableRows, queue.recordRowsDeletion),
        ] {
            var seen: Set<String> = []
            try deletion.run({ try page(0, $0) }) { file throws(StorageError) in
                #expect(seen.insert(file.storedPath).inserted)
                // A path that is none of ours is refused, as a folder that lets nothing be removed is.
                try fixture.storage.remove(relativePath: seen.count <= refused ? "elsewhere" : file.storedPath)
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
                try fixture.database.rows("select count(*) from report_export_jobs where \(column) is not null") == [
                    ["100"]
                ])
        }
    }

    @Test func `records nothing while the folder is another one`() throws {
        try insertExpired(1)
        unlink("\(fixture.root)/instance")
        var deletion = Deletion(fixture.storage, fixture.identity, .none)
        try deletion.run({ try queue.deletableFiles(graceSeconds: 0, after: $0) }) { _ throws(StorageError) in
        } record: {
            try queue.recordDeletion($0)
        }
        #expect(try queue.deletableFiles(graceSeconds: 0).count == 1)
        #expect(deletion.refused == 0)
    }
}
