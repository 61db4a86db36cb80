import Audit
import HTTP
import Jobs
import Posix
import Storage

/// GET /report/files/:job/:name?expires=…&kid=…&sig=…: the file of a signed link.
///
///     link ──▶ signature over tenant, job, epoch, name, expiry ──▶ `deliver`
///                  │ no, or its time is over
///                  ▼ 403, one body for each of the two
enum ServeFile {
    static func answer(_ call: Call) throws -> Response {
        let queue = try call.queue
        let name = call["name"]
        let job = try UUID(call["job"]).flatMap { try queue.publishedJob(id: $0) }
        let download = Download(queue: queue, request: call.request, via: .link)
        let stored = job?.file.flatMap { StoredFileName(relativePath: $0.storedPath) }
        try call.context.links.verify(download, of: job, epoch: stored?.epoch, fileName: name)
        guard let job, let file = job.file, stored != nil, file.name.utf8.elementsEqual(name.utf8) else {
            try download.refuse("forged", .invalidSignature, job: job)
        }
        return try call.context.delivery.deliver(job, by: download)
    }
}
