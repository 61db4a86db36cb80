import Audit
import HTTP
import Jobs
import Posix
import Storage

/// GET /report/files/:job/:name?expires=…&kid=…&sig=…: the file of a signed link; one that was sent by e-mail has
/// `mail=…` too.
///
///     link ──▶ signature over tenant, job, epoch, name, expiry ──▶ `deliver`
///                  │ no, or its time is over
///                  ▼ 403, one body for each of the two
///
/// A good link to a file that has been lost since is answered as one whose file has expired.
enum ServeFile {
    static func answer(_ call: Call) throws -> Response {
        let queue = try call.queue
        let name = call["name"]
        let job = try UUID(call["job"]).flatMap { try queue.publishedJob(id: $0) }
        var download = Download(queue: queue, request: call.request, via: .link, limits: call.context.limits)
        let lost = try job.flatMap { $0.state == .failed ? try queue.lostFile(of: $0.id) : nil }
        let file = job?.file.map { (name: $0.name, storedPath: $0.storedPath) } ?? lost
        let stored = file.flatMap { StoredFileName(relativePath: $0.storedPath) }
        try call.context.links.verify(download, of: job, epoch: stored?.epoch, fileName: name)
        // The audit says in which message the link was sent; the message's row says to whom.
        download.subject = Links.signedQuery(call.request)?.mail.map { "mail:\($0)" }
        guard let job, let file, stored != nil, file.name.utf8.elementsEqual(name.utf8) else {
            try download.refuse("forged", .invalidSignature, job: job)
        }
        if lost != nil { try download.refuse("file_missing", .gone, job: job) }
        return try call.context.delivery.deliver(job, by: download)
    }
}

extension Links {
    /// Holds a request's signature against a file's name. A job or part that does not exist is checked like one that
    /// does, so that the two answers take the same time.
    /// - Parameters:
    ///   - epoch: of the attempt that made the file.
    ///   - part: nil for a whole file.
    /// - Throws: 403 when it does not fit or its time is over, which is in the audit then.
    func verify(
        _ download: Download, of job: Job?, epoch: Int?, fileName: String, part: Int? = nil
    ) throws {
        guard let query = Self.signedQuery(download.request) else {
            try download.refuse("forged", .invalidSignature, job: job)
        }
        do {
            try signer.verify(
                query, tenant: job?.tenant ?? "", job: job?.id ?? UUID(high: 0, low: 0), epoch: epoch ?? 0,
                fileName: fileName, part: part, now: Clock.wallMicroseconds / 1_000_000)
        } catch {
            switch error.reason {
            case .expired: try download.refuse("link_expired", .linkExpired, job: job)
            case .forged: try download.refuse("forged", .invalidSignature, job: job)
            }
        }
    }

    /// A link's parameters; nil when there are others or the query cannot be read.
    static func signedQuery(_ request: Request) -> SignedQuery? {
        guard let query = try? Query(parsing: request.rawQuery),
            (try? query.refuseNames(besides: ["expires", "kid", "sig", "mail"])) != nil
        else { return nil }
        return SignedQuery(
            expires: query["expires"] ?? "", kid: query["kid"] ?? "", signature: query["sig"] ?? "",
            mail: query["mail"])
    }
}
