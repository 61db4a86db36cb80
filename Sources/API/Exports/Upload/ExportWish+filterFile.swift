import Catalog
import Generation
import JSON
import Jobs
import Storage

/// The list of keys that a request is narrowed to: brought along, or named by its digest when an earlier export of the
/// tenant's was made with it and it is still kept.
extension ExportWish {
    /// What is wrong with the list that came along, by the type of the report's filter key.
    static func fileFaults(_ upload: Upload?, _ body: JSON, _ catalogs: CatalogSet) -> [RequestFault] {
        guard let upload else { return [] }
        let report = catalogs.report(module: body["module"]?.string ?? "", key: body["catalog"]?.string ?? "")
        return upload.faults(for: report?.filterColumn?.type)
    }

    private static let notKept = APIError.invalid(
        "filterFile",
        "filterFile must be the SHA-256 of a filter file that came with an earlier export and is still kept")

    /// Puts the list where the job's attempts will find it. The job's row is made afterwards: without a row the list is
    /// an orphan, without its list a job could not run.
    func file(_ new: inout NewJob, _ application: Application, _ queue: Queue) throws {
        guard let digest = request.filterFile else { return }
        if let upload {
            try upload.publish()
            new.id = upload.job
            new.filter = upload.filter
            return
        }
        guard let source = try queue.filterSource(tenant: new.tenant, sha256: digest),
            try application.storage.linkFilterKeys(of: source.job, to: new.id)
        else { throw Self.notKept }
        new.filter = source.filter
    }

    /// After the insert: the list stays with the job that it was put in place for, and goes when an earlier job answered or a
    /// limit was met.
    func keep(_ new: NewJob, _ creation: Queue.Creation, _ application: Application) {
        switch creation {
        // A replay of this very job: its first try was committed, and only the answer was lost.
        case .created(new.id), .replayed(new.id): return
        default: withdraw(new, application)
        }
    }

    /// No job was made.
    func withdraw(_ new: NewJob, _ application: Application) {
        if let upload { return upload.withdraw() }
        if new.filter != nil { application.storage.discardFilterKeys(of: new.id) }
    }

    /// The list for a preview, which keeps nothing.
    func keys(_ application: Application, _ caller: Caller) throws -> FilterKeys? {
        guard let digest = request.filterFile else { return nil }
        if let upload { return upload.unpublished }
        guard let source = try application.backends.queue().filterSource(tenant: caller.tenant, sha256: digest) else {
            throw Self.notKept
        }
        return FilterKeys(
            path: application.storage.path(of: StoredFileName(filterKeysOf: source.job)), count: source.filter.keys)
    }
}
