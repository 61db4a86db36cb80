import Catalog
import Generation
import Jobs
import Posix
import Storage

/// The list of keys that a job's rows are narrowed to: brought along with the request, or that of an earlier job of the
/// tenant's which is still kept.
struct KeyList {
    private enum Source {
        case uploaded(Upload)
        case kept(job: UUID, filter: Job.Filter)
    }

    private let source: Source
    /// The answer when the list is not there any more.
    private let missing: APIError

    private static let notKept = APIError.invalid(
        "filterFile",
        "filterFile must be the SHA-256 of a filter file that came with an earlier export and is still kept")

    /// The list that a request names by its digest; nil when it names no list.
    /// - Throws: 400 when the list did not come along and no job of the tenant's has it; `PostgresError`.
    init?(
        of request: ExportRequest, _ upload: Upload?, tenant: String, queue: @autoclosure () throws -> Queue
    ) throws {
        guard let digest = request.filterFile else { return nil }
        missing = Self.notKept
        if let upload {
            source = .uploaded(upload)
        } else if let kept = try queue().filterSource(tenant: tenant, sha256: digest) {
            source = .kept(job: kept.job, filter: kept.filter)
        } else {
            throw missing
        }
    }

    /// The list that a report was made with, for running its request again; nil when it had no list.
    init?(of report: Job) {
        guard let filter = report.filter else { return nil }
        source = .kept(job: report.id, filter: filter)
        missing = APIError(
            409, "report_not_repeatable",
            "The report's rows are not kept, and its request cannot run again: its filter file is gone")
    }

    /// Puts the list where the job's attempts will find it. The job's row is made afterwards: without a row the list is
    /// an orphan, without its list a job could not run.
    /// - Throws: `StorageError`; `APIError` when the list is not there any more.
    func place(for new: inout NewJob, in storage: any FileStore) throws {
        switch source {
        case .uploaded(let upload):
            try upload.publish()
            new.id = upload.job
            new.filter = upload.filter
            new.filterBytes = upload.listBytes
        case .kept(let job, let filter):
            guard try storage.linkFilterKeys(of: job, to: new.id) else { throw missing }
            new.filter = filter
        }
    }

    /// Undoes `place`, because no job was made.
    func withdraw(for new: NewJob, in storage: any FileStore) {
        switch source {
        case .uploaded(let upload): upload.withdraw()
        case .kept: storage.discardFilterKeys(of: new.id)
        }
    }

    /// The list for a preview, which keeps nothing.
    func keys(in storage: any FileStore) -> FilterKeys? {
        switch source {
        case .uploaded(let upload): upload.unpublished
        case .kept(let job, let filter):
            FilterKeys(storage.object(StoredFileName(filterKeysOf: job)), count: filter.keys)
        }
    }
}
