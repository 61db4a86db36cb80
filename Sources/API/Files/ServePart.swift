import Audit
import HTTP
import Jobs
import Posix
import Storage

/// GET /report/files/:job/parts/:number/:name?expires=…&kid=…&sig=…: a finished part while the rest of its export runs.
///
/// The same order as for whole files: signature, row, file, audit row, and only then X-Accel-Redirect. A part is gone
/// as soon as its job has ended, in any way, or runs again.
enum ServePart {
    static func answer(_ call: Call) throws -> Response {
        let queue = try call.queue
        let name = call["name"]
        let number = call["number"]
        let job = try UUID(call["job"]).flatMap { try queue.publishedJob(id: $0) }
        let part = try job.flatMap { job in
            try queue.parts(of: job.id).first { "\($0.number)".utf8.elementsEqual(number.utf8) }
        }
        let download = Download(queue: queue, request: call.request, via: .link, limits: call.context.limits)
        try call.context.links.verify(
            download, of: job, epoch: part?.epoch, fileName: name, part: part?.number ?? 0)
        guard let job, let part else { try download.refuse("forged", .invalidSignature, job: job) }
        guard let file = part.file, let stored = StoredFileName(relativePath: file.storedPath) else {
            try download.refuse("expired", .gone, job: job)
        }
        guard part.fileName(of: job, stored).utf8.elementsEqual(name.utf8) else {
            try download.refuse("forged", .invalidSignature, job: job)
        }
        return try call.context.delivery.deliver(
            Deliverable(stored: stored, name: name, size: file.size, digest: file.digest), of: job, by: download)
    }
}
