import HTTP
import JSON
import Jobs
import Posix

/// GET /report/exports/:id/download: the job with a signed link, to the whole file or with `part` to a finished part
/// while the rest is made.
enum LinkExport {
    static func answer(_ call: Call, _ caller: Caller, _ download: Download) throws -> Response {
        guard let id = UUID(call["id"]), let job = try download.queue.job(tenant: caller.tenant, id: id) else {
            try download.refuse("not_found", .notFound)
        }
        guard call.isShown(job, to: caller) else { try download.refuse("hidden", .notFound, job: job) }
        let url =
            if let number = caller.query["part"] {
                try part(number, of: job, call.context.links, download)
            } else {
                try file(of: job, call.context.links, download)
            }
        try download.record("link_issued", 200, job: job)
        return .json(["success": true, "data": job.exportsJSON(downloadURL: url)])
            .withHeader("Cache-Control", "private, no-store")
    }

    private static func file(of job: Job, _ links: Links, _ download: Download) throws -> String {
        guard job.state.holdsFile else {
            try download.refuse(
                "not_ready",
                APIError(
                    409, "not_ready", "The export is not ready", details: [("status", .string(job.state.rawValue))]),
                job: job)
        }
        guard let link = links.link(to: job) else { try download.refuse("expired", .gone, job: job) }
        return link.url
    }

    private static func part(_ number: String, of job: Job, _ links: Links, _ download: Download) throws -> String {
        let parts = try download.queue.parts(of: job.id)
        guard let part = parts.first(where: { "\($0.number)" == number }) else {
            try download.refuse("not_found", .notFound, job: job)
        }
        guard let link = links.link(to: part, of: job) else {
            try download.refuse(
                "not_ready",
                APIError(
                    409, "not_ready", "The part cannot be downloaded",
                    details: [("status", .string(part.state.rawValue))]),
                job: job)
        }
        return link.url
    }
}
