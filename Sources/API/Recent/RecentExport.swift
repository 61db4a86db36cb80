import Catalog
import Configuration
import JSON
import Jobs

/// An export as the Recent API names one: a job, or a part of one.
struct RecentExport {
    let job: Job
    let part: JobPart?

    init(_ job: Job, _ part: JobPart? = nil) {
        self.job = job
        self.part = part
    }

    func link(_ links: Links) -> (url: String, seconds: Int)? {
        guard let part else { return links.link(to: job) }
        return links.link(to: part, of: job)
    }

    /// Where it is asked for again.
    func url(_ context: Context) -> String {
        "\(context.configuration.publicURL)/api/v1/exports/\(part?.serial ?? job.serial)"
    }

    func json(for caller: Caller, _ context: Context) -> JSON {
        let report = context.catalogs.report(module: job.module, key: job.catalog)
        let label = report?.label.label(caller.language) ?? job.catalog
        let link = link(context.links)
        guard let part else { return job.recentJSON(label: label, link: link, statusURL: url(context)) }
        return job.recentJSON(
            part: part, label: label, link: link, fileName: part.fileName(of: job), statusURL: url(context))
    }
}
