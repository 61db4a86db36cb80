import Configuration
import HTTP
import Jobs
import Posix
import Storage

/// GET /report/files/:job/:name?expires=…&kid=…&sig=…: what a signed link leads to.
///
///     link ──▶ signature over tenant, job, epoch, name, expiry ──▶ `deliver`
///                  │ no, or its time is over
///                  ▼ 403, one body for each of the two
extension Application {
    func serveFile(_ jobText: String, _ name: String, _ request: Request) throws -> Response {
        let queue = try backends.queue()
        let job = try UUID(jobText).flatMap { try queue.publishedJob(id: $0) }
        let download = Download(queue: queue, request: request, via: .link)
        guard let query = Self.signedQuery(request) else {
            try download.refuse("forged", .invalidSignature, job: job)
        }
        // A job that does not exist is checked like one that does, so that the two answers take the same time.
        let stored = job?.file.flatMap { StoredFileName(relativePath: $0.storedPath) }
        do {
            try signer.verify(
                query, tenant: job?.tenant ?? "", job: job?.id ?? UUID(high: 0, low: 0), epoch: stored?.epoch ?? 0,
                fileName: name, now: Clock.wallMicroseconds / 1_000_000)
        } catch {
            switch error.reason {
            case .expired: try download.refuse("link_expired", .linkExpired, job: job)
            case .forged: try download.refuse("forged", .invalidSignature, job: job)
            }
        }
        guard let job, let file = job.file, stored != nil, file.name.utf8.elementsEqual(name.utf8) else {
            try download.refuse("forged", .invalidSignature, job: job)
        }
        return try deliver(job, by: download)
    }

    /// A link's three parameters; nil when there are others or the query cannot be read.
    static func signedQuery(_ request: Request) -> SignedQuery? {
        guard let query = try? Query(parsing: request.rawQuery),
            (try? query.refuseNames(besides: ["expires", "kid", "sig"])) != nil
        else { return nil }
        return SignedQuery(expires: query["expires"] ?? "", kid: query["kid"] ?? "", signature: query["sig"] ?? "")
    }

    /// A signed link to a job's file and the seconds it is good for; nil when the job has no file, or not for a second.
    /// It never outlives the file.
    func link(to job: Job) -> (url: String, seconds: Int)? {
        guard job.state == .ready, let file = job.file, let stored = StoredFileName(relativePath: file.storedPath)
        else { return nil }
        let now = Clock.wallMicroseconds / 1_000_000
        var expires = now + Int64(configuration.linkSeconds)
        if let end = job.expiresAt.flatMap({ Timestamp(rfc3339: $0.rfc3339) }) { expires = min(expires, end.seconds) }
        guard expires > now else { return nil }
        let link = DownloadLink(
            tenant: job.tenant, job: job.id, epoch: stored.epoch, fileName: file.name, expires: expires)
        return (signer.url(for: link, publicURL: configuration.publicURL), Int(expires - now))
    }
}
