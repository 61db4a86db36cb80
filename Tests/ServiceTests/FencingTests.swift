import Coding
import Formats
import Generation
import JSON
import Jobs
import Posix
import Storage
import Support
import Testing

@testable import Service

/// A failover that loses commits puts a job's row back to before its claim, and the next claim has the same epoch. The
/// holder of the first settles it late.
@Suite(.waits) struct FencingTests {
    private let database: TemplateDatabase
    private let queue: Queue
    private let storage: StorageFolder
    private let folder = "\(TestRun.folder)/fencing-\(Random.integer() % 1_000_000_000)"

    init() throws {
        database = try TemplateDatabase(.jobs)
        queue = try Queue.connect(database.url, applicationName: "tests")
        try File.makeFolders(folder)
        storage = try StorageFolder(root: folder)
    }

    @Test(arguments: ["finish", "fail", "retry", "wait", "release", "abandon"])
    func `F67 an attempt that comes too late removes its own files and no other's`(_ kind: String) throws {
        let id = UUID.version7()
        try insert(id)
        let first = try #require(try queue.claim(worker: 1, tenantLimit: 1, atMost: 1).first)
        let late = try publish("of the first attempt", first)
        // The claim's commit is lost.
        try database.psql(
            """
            update report_export_jobs set state = 'pending', epoch = 0, attempts = 0, claim_token = null,
                worker_id = null, started_at = null where id = '\(id)'
            """)
        let second = try #require(try queue.claim(worker: 2, tenantLimit: 1, atMost: 1).first)
        #expect(second.job.id == id && second.job.epoch == first.job.epoch && second.token != first.token)
        let file = try publish("of the second attempt", second)
        try Settlement.finish(second, file).perform(queue, storage, keepSeconds: 60)
        try keys(of: id)

        let failure = ExportFailure("source_error", "The source is away", .retry)
        let settlement: Settlement =
            switch kind {
            case "finish": .finish(first, late)
            case "fail": .fail(first, failure)
            case "retry": .retry(first, failure, milliseconds: 0)
            case "wait": .wait(first, failure, milliseconds: 0)
            case "release": .release(first)
            default: .abandon(first)
            }
        try settlement.perform(queue, storage, keepSeconds: 60)

        let job = try #require(try queue.publishedJob(id: id))
        #expect(job.state == .ready && job.attempts == 1 && job.file?.storedPath == file.storedPath)
        #expect(try content(file) == "of the second attempt")
        #expect(try content(late) == nil)
        #expect(
            try !storage.files(inShard: String(id.description.suffix(2))).filter { $0.name.content == .filterKeys }
                .isEmpty)
    }

    private func publish(_ text: String, _ claim: Claim) throws -> FinishedFile {
        let content = StoredFileName.Content(FileKind(ending: "csv", mediaType: "text/csv"))
        let published = try write(text, StoredFileName(claim.attempt, content))
        return FinishedFile(
            name: "a.csv", storedPath: published.relativePath, size: published.size, rows: 1,
            sha256: published.sha256.hexadecimal, receipt: [:])
    }

    private func keys(of job: UUID) throws { _ = try write("7", StoredFileName(filterKeysOf: job)) }

    private func write(_ text: String, _ name: StoredFileName) throws -> PublishedFile {
        var file = try storage.create(name)
        try Array(text.utf8).withUnsafeBytes { try file.write($0) }
        return try file.finish()
    }

    /// - Returns: nil when the file is gone.
    private func content(_ file: FinishedFile) throws -> String? {
        guard let name = StoredFileName(relativePath: file.storedPath) else { return nil }
        let published = PublishedFile(name: name, size: file.size, sha256: [])
        guard try storage.glance(at: published) == .whole else { return nil }
        return String(decoding: try storage.object(name).open().readAll(), as: UTF8.self)
    }

    private func insert(_ id: UUID) throws {
        try database.psql(
            """
            insert into report_export_jobs
                (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash)
            values ('\(id)', 'acme', 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256(''))
            """)
    }
}
