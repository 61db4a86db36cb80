import Glibc
import JSON
import ObjectStore
import Posix
import Support
import Testing

/// What happens to files in a bucket when something goes away.
extension BucketTests {
    /// The storage's own place in the store, and the keys in it.
    private static func storage() throws -> ObjectClient { try client("some/place") }

    private static func storedPath(_ id: String) throws -> String {
        try stage.value("select stored_path from report_export_jobs where id = '\(id)'") ?? ""
    }

    @Test func `a file goes when its time is over, and one that was taken away is gone`() throws {
        let stage = try Self.stage
        let storage = try Self.storage()
        let (first, second) = (
            try stage.client.export(JobLifeTests.small).job["id"]?.string ?? "",
            try stage.client.export(JobLifeTests.small).job["id"]?.string ?? ""
        )
        #expect(try storage.status(of: Self.storedPath(first)) != nil)
        let link = try stage.client.link(second)
        try storage.delete(Self.storedPath(second))
        let gone = try stage.client(.none).get(link)
        #expect(gone.status == 410, "\(gone.text)")
        try stage.rows(
            "update report_export_jobs set expires_at = clock_timestamp() - interval '1 day' where id = '\(first)'")
        stage.keepHouse()
        #expect(try eventually { try storage.status(of: Self.storedPath(first)) == nil })
        #expect(
            try eventually {
                try stage.value("select error_code from report_export_jobs where id = '\(second)'") == "file_missing"
            })
    }

    @Test func `a store that stands still costs downloads alone, and exports wait for it`() throws {
        let stage = try Self.stage
        let id = try stage.client.export(JobLifeTests.small).job["id"]?.string ?? ""
        let link = try stage.client.link(id)
        let words = String(decoding: try File.bytes(at: "\(stage.state)/pid.objects"), as: UTF8.self).split(
            separator: " ")
        let store = try #require(words.first.flatMap { pid_t($0) })
        kill(store, SIGSTOP)
        defer { kill(store, SIGCONT) }
        let refused = try stage.client(.none).get(link)
        #expect(refused.status == 503 && refused["Retry-After"] != nil, "\(refused.text)")
        #expect(try refused.json["message"] == "storage_unavailable")
        #expect(try stage.client.get("/report/readyz").status == 503)
        #expect(try stage.client.get("/report/exports").status == 200)
        let waiting = try stage.client.create(JobLifeTests.small)["id"]?.string ?? ""
        #expect(try eventually { try !stage.log.lines(with: "storage is not ready").isEmpty })
        #expect(try stage.client.job(waiting)["status"] == "pending")
        kill(store, SIGCONT)
        _ = try stage.client.job(waiting, reaching: "ready")
        #expect(try eventually { try stage.client(.none).get(link).status == 200 })
    }

    @Test func `an export whose worker dies leaves no upload behind, and is made again`() throws {
        let stage = try Self.stage
        let storage = try Self.storage()
        // Stands still when its kept rows are sent and its file is in the middle of an upload.
        let place = "\(Self.failpoints)/fileSynced"
        try FileDescriptor.open(place, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array("stop".utf8))
        let id = try stage.client.create(TransferTests.large)["id"]?.string ?? ""
        #expect(try eventually { try access(place, F_OK) != 0 && !storage.uploads("files/").isEmpty })
        let dispatcher = try #require(stage.children(named: "dispatcher").first)
        for child in stage.children(named: "pst-export", of: dispatcher) { kill(child, SIGKILL) }
        _ = try stage.client.job(id, reaching: "ready")
        #expect(try stage.client.file(id).status == 200)
        #expect(try stage.value("select epoch from report_export_jobs where id = '\(id)'") == "2")
        #expect(try storage.uploads("").isEmpty)
    }
}
