import Catalog
import Jobs

/// Who may have what is in a job's file, by the catalogs of today.
package struct FileAccess {
    let catalogs: CatalogSet

    package init(_ catalogs: CatalogSet) {
        self.catalogs = catalogs
    }

    /// Whether a caller sees every column of a job's request, and may have every row that the requester got.
    /// A job whose catalog was not the same for everybody, and is not there any more, is shown to superusers.
    package func isShown(_ job: Job, to viewer: Viewer) -> Bool {
        if viewer.isUnrestricted { return true }
        guard let report = catalogs.report(module: job.module, key: job.catalog) else { return job.access == nil }
        guard report.isGuarded else { return true }
        guard let seen = report.seen(by: viewer), (try? RequestDecoding.decode(stored: job.request, of: seen)) != nil
        else { return false }
        return seen.covers(rowsOf: report.seen(by: Viewer(askedFor: job)) ?? report)
    }

    /// The report of a job as its requester sees it now.
    /// - Throws: `ExportFailure` when the requester may not have it any more, or would get other rows of it than when
    ///   the job was made: by those rows the file is shown to others later.
    func report(of job: Job) throws(ExportFailure) -> Report {
        guard let report = catalogs.report(module: job.module, key: job.catalog) else {
            throw ExportFailure("catalog_changed", "The catalog \(job.module)/\(job.catalog) is not there any more")
        }
        guard report.isGuarded else { return report }
        guard let seen = report.seen(by: Viewer(running: job)),
            seen.rows == report.seen(by: Viewer(askedFor: job))?.rows
        else { throw .rightsLost }
        return seen
    }
}

extension ExportFailure {
    static let rightsLost = ExportFailure("rights_lost", "The requester may not have the export any more")
}

extension Viewer {
    /// The requester of a job, as the job was made.
    init(askedFor job: Job) {
        self = job.requestedWith == nil ? .unrestricted : job.access.map { Viewer($0) } ?? .nobody
    }

    /// The requester of a job that has been claimed, as he was then.
    init(running job: Job) {
        self = job.requestedWith == nil ? .unrestricted : job.accessNow.map { Viewer($0) } ?? .nobody
    }
}
