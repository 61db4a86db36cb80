import Catalog
import Configuration
import JSON
import Jobs

/// An export as the Recent API names one: a job, or a part of one.
struct RecentExport {
    let job: Job
    let part: JobPart?
    /// Whether the caller may have the file.
    private let isShown: Bool

    init(_ job: Job, part: JobPart? = nil, _ call: Call, _ caller: Caller) {
        isShown = call.isShown(job, to: caller)
        self.job = isShown ? job : job.withoutContent
        self.part = part
    }

    func link(_ links: Links) -> (url: String, seconds: Int)? {
        guard isShown else { return nil }
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
