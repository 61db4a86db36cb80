import HTTP
import JSON
import Jobs
import Posix
import Storage

/// GET /report/files/:job/:name?expires=…&kid=…&sig=…: what a signed link leads to.
///
///     link ──▶ signature over tenant, job, epoch, name, expiry ──▶ the job's row: ready? ──▶ the file: whole?
///                  │ no                                               │ no                     │ no
///                  ▼ 403, one body                                    ▼ 410                    ▼ 410 / 500
///     audit row committed ──▶ X-Accel-Redirect; nginx sends the bytes
///
/// X-Accel-Redirect wins over the status it comes with (nginx serves the file even beside a 403), so it is emitted in
/// exactly one place, after all checks.
extension Application {
    func serveFile(_ jobText: String, _ name: String, _ request: Request) throws -> Response {
        let queue = try backends.queue()
        let job = try UUID(jobText).flatMap { try queue.publishedJob(id: $0) }
        func refuse(_ outcome: String, _ error: APIError) throws -> Never {
            try queue.record(
                DownloadAttempt(
                    tenant: job?.tenant, job: job?.id, subject: nil, via: .link, outcome: outcome,
                    status: error.status, request))
            throw error
        }
        let query: Query
        do {
            query = try Query(parsing: request.rawQuery)
            try query.refuseNames(besides: ["expires", "kid", "sig"])
        } catch {
            try refuse("forged", .invalidSignature)
        }
        // A job that does not exist is checked like one that does, so that the two answers take the same time.
        let stored = job?.file.flatMap { StoredFileName(relativePath: $0.storedPath) }
        do {
            try signer.verify(
                SignedQuery(expires: query["expires"] ?? "", kid: query["kid"] ?? "", signature: query["sig"] ?? ""),
                tenant: job?.tenant ?? "", job: job?.id ?? UUID(high: 0, low: 0), epoch: stored?.epoch ?? 0,
                fileName: name, now: Clock.wallMicroseconds / 1_000_000)
        } catch {
            try refuse(error.reason == .expired ? "link_expired" : "forged", .invalidSignature)
        }
        guard let job, let file = job.file, let stored, file.name.utf8.elementsEqual(name.utf8) else {
            try refuse("forged", .invalidSignature)
        }
        guard job.state == .ready else { try refuse("expired", .gone) }
        switch try storage.glance(at: PublishedFile(name: stored, size: file.size, sha256: [])) {
        case .whole: break
        case .missing: try refuse("file_missing", .gone)
        case .damaged:
            try refuse(
                "file_damaged",
                APIError(500, "integrity_error", "The file is damaged", cause: "size differs: \(file.storedPath)"))
        }
        try queue.record(
            DownloadAttempt(
                tenant: job.tenant, job: job.id, subject: nil, via: .link, outcome: "granted", status: 200, request))
        return Response(
            status: 200,
            headers: [
                ("Content-Type", stored.content.mediaType),
                ("Content-Disposition", ContentDisposition.attachment(fileName: file.name)),
                ("Repr-Digest", "sha-256=:\(Base64.encode(file.digest, .standard)):"),
                ("X-Accel-Redirect", stored.internalURI),
            ])
    }
}

extension DownloadAttempt {
    /// An attempt with the request's own particulars.
    init(
        tenant: String?, job: UUID?, subject: String?, via: Via, outcome: String, status: Int, _ request: Request
    ) {
        self.init(
            tenant: tenant, job: job, subject: subject, via: via, outcome: outcome, status: status,
            remoteAddress: request.remoteAddress, userAgent: request.headers.first("user-agent"),
            range: request.headers.first("range"), requestID: request.requestID)
    }
}
