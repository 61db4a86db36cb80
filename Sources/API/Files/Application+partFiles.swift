import Configuration
import HTTP
import JSON
import Jobs
import Posix
import Storage

/// GET /report/files/:job/parts/:number/:name?expires=…&kid=…&sig=…: a finished part while the rest of its export runs.
///
/// The same order as for whole files: signature, row, file, audit row, and only then X-Accel-Redirect. A part is gone as
/// soon as its job has ended, in whatever way, or runs again.
extension Application {
    func servePart(_ jobText: String, _ numberText: String, _ name: String, _ request: Request) throws -> Response {
        let queue = try backends.queue()
        let job = try UUID(jobText).flatMap { try queue.publishedJob(id: $0) }
        let part = try job.flatMap { job in
            try queue.parts(of: job.id).first { "\($0.number)".utf8.elementsEqual(numberText.utf8) }
        }
        let download = Download(queue: queue, request: request, via: .link)
        guard let query = Self.signedQuery(request) else {
            try download.refuse("forged", .invalidSignature, job: job)
        }
        // A part that does not exist is checked like one that does, so that the two answers take the same time.
        do {
            try signer.verify(
                query, tenant: job?.tenant ?? "", job: job?.id ?? UUID(high: 0, low: 0), epoch: part?.epoch ?? 0,
                fileName: name, part: part?.number ?? 0, now: Clock.wallMicroseconds / 1_000_000)
        } catch {
            switch error.reason {
            case .expired: try download.refuse("link_expired", .linkExpired, job: job)
            case .forged: try download.refuse("forged", .invalidSignature, job: job)
            }
        }
        guard let job, let part else { try download.refuse("forged", .invalidSignature, job: job) }
        guard let file = part.file, let stored = StoredFileName(relativePath: file.storedPath) else {
            try download.refuse("expired", .gone, job: job)
        }
        guard part.fileName(of: job, stored).utf8.elementsEqual(name.utf8) else {
            try download.refuse("forged", .invalidSignature, job: job)
        }
        return try deliver(
            Deliverable(stored: stored, name: name, size: file.size, digest: file.digest), of: job, by: download)
    }

    /// A signed link to a part's file and the seconds it is good for, unless the job ends before; nil when there is none.
    func link(to part: JobPart, of job: Job) -> (url: String, seconds: Int)? {
        guard let file = part.file, let stored = StoredFileName(relativePath: file.storedPath) else { return nil }
        let link = DownloadLink(
            tenant: job.tenant, job: job.id, epoch: part.epoch, fileName: part.fileName(of: job, stored),
            expires: Clock.wallMicroseconds / 1_000_000 + Int64(configuration.linkSeconds), part: part.number)
        return (signer.url(for: link, publicURL: configuration.publicURL), configuration.linkSeconds)
    }

    /// GET /report/exports/:id/download?part=N
    func linkPart(_ number: String, of job: Job, _ audit: (_ outcome: String, _ status: Int) throws -> Void) throws
        -> String
    {
        let parts = try backends.queue().parts(of: job.id)
        guard let part = parts.first(where: { "\($0.number)" == number }) else {
            try audit("not_found", 404)
            throw APIError.notFound
        }
        guard let link = link(to: part, of: job) else {
            try audit("not_ready", 409)
            throw APIError(
                409, "not_ready", "The part cannot be downloaded", details: [("status", .string(part.state.rawValue))])
        }
        try audit("link_issued", 200)
        return link.url
    }
}

extension JobPart {
    /// What people see, where it has a file: `<catalog>-<UTC date>.part-<number>.<ending>`.
    func fileName(of job: Job) -> String? {
        file.flatMap { StoredFileName(relativePath: $0.storedPath) }.map { fileName(of: job, $0) }
    }

    func fileName(of job: Job, _ stored: StoredFileName) -> String {
        "\(job.catalog)-\(job.requestedAt.date).part-\(number).\(stored.content.rawValue)"
    }
}
