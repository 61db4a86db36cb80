import Catalog
import Coding
import Configuration
import Formats
import JSON
import Jobs
import Posix
import Storage
import Time

/// One attempt at a job, in the child that was forked for it.
package struct ExportRun {
    private let job: Job
    private let attempt: StoredAttempt
    private let catalogs: CatalogSet
    private let configuration: Configuration
    /// A connection to the source, outside a transaction, that was made before there was a claim.
    private let session: SourceSession?

    package init(
        _ claim: Claim, catalogs: CatalogSet, configuration: Configuration, session: SourceSession? = nil
    ) {
        self.session = session
        job = claim.job
        attempt = claim.attempt
        self.catalogs = catalogs
        self.configuration = configuration
    }

    /// Runs the attempt to its end.
    /// - Parameters:
    ///   - slot: where on the board this child shows its life.
    ///   - tell: takes the messages for the dispatcher: the source was reached, and the events of parts.
    package func outcome(
        storage: any FileStore, progress board: ProgressBoard, slot: Int, tell: @escaping (ChildMessage) -> Void
    ) -> Outcome {
        do {
            return .finished(try file(storage, board, slot, tell))
        } catch {
            let failure = ExportFailure(error)
            return .failed(Self.isAway(storage) ? failure.whileStorageIsAway : failure)
        }
    }

    /// Whether the place of the storage is empty: its folder is known by its identity.
    private static func isAway(_ storage: any FileStore) -> Bool {
        do {
            return try storage.identity() == nil
        } catch {
            return false
        }
    }

    private func file(
        _ storage: any FileStore, _ board: ProgressBoard, _ slot: Int, _ tell: @escaping (ChildMessage) -> Void
    ) throws -> FinishedFile {
        let observer = RunObserver(board, slot: slot, workers: configuration.workers, tell: tell)
        let access = FileAccess(catalogs)
        if let rows = job.reexport?.rows {
            guard access.isShown(job, to: Viewer(running: job)) else { throw ExportFailure.rightsLost }
            return try rerendered(rows, storage, observer)
        }
        let report = try access.report(of: job)
        let checked = try CheckedExport(stored: job.request, of: report, tenant: job.tenant, language: job.language)
        do {
            return try file(of: checked, storage, observer)
        } catch {
            throw ExportFailure(error).explained(
                by: report, checked.request, daysIn: job.reexport?.zone ?? checked.request.timezone)
        }
    }

    private func file(
        of checked: CheckedExport, _ storage: any FileStore, _ observer: any ExportObserver
    ) throws -> FinishedFile {
        let (request, report) = (checked.request, checked.report)
        let session = try ExportFailure.reaching {
            try self.session ?? SourceSession(configuration.sourceURL, purpose: "penstock export")
        }
        let pending = try pendingFile(request, storage)
        let query = TableQuery(
            checked, daysIn: job.reexport?.zone, seconds: configuration.exportSeconds,
            filter: job.filterKeys(in: storage))
        let context = Export.ReportContext(
            try ReportDescription(request, of: report), tenant: job.tenant, origin: Provenance.Origin(job),
            zone: job.reexport?.zone ?? request.timezone)
        let parts = PartSettings(
            workers: configuration.workers, fromRows: configuration.partsFromRows, scratch: storage.scratch,
            publication: publication(request, storage))
        let keeping = try report.keepRowsSeconds.map { seconds in
            (
                seconds: seconds,
                pending: Unique(
                    try storage.create(StoredFileName(attempt, .rows)))
            )
        }
        let summary = try Export(
            query, Rendering(request, language: job.language), context, parts, observer: observer
        ).run(
            on: session, sink: { try pending.value.write($0) },
            rowsSink: keeping.map { keeping in { try keeping.pending.value.write($0) } })
        var kept: KeptRowsFile?
        if let keeping, keeping.pending.value.size > 0 {
            observer.publishing()
            let published = try keeping.pending.value.finish()
            try Failpoint.rowsPublished.reach()
            kept = KeptRowsFile(
                storedPath: published.relativePath, size: published.size, sha256: published.sha256.hexadecimal,
                seconds: keeping.seconds)
        }
        return try finished(pending, summary, request, observer, keptRows: kept)
    }

    /// The report again, from the rows that were kept of it. Neither its tables nor its catalog need be there any more.
    /// - Throws: `ExportFailure`, or an error that it is made of.
    private func rerendered(
        _ rows: Job.Reexport.Rows, _ storage: any FileStore, _ observer: any ExportObserver
    ) throws -> FinishedFile {
        let request = try RequestDecoding.decode(stored: job.request)
        guard let name = StoredFileName(relativePath: rows.storedPath) else {
            throw ExportFailure("internal_error", "The kept rows have no name", detail: rows.storedPath)
        }
        let pending = try pendingFile(request, storage)
        let summary = try Rerendering(
            rendering: Rendering(request, language: job.language), rows: storage.object(name), sha256: rows.sha256,
            observer: observer
        ).run { try pending.value.write($0) }
        return try finished(pending, summary, request, observer)
    }

    private func pendingFile(
        _ request: ExportRequest, _ storage: any FileStore
    ) throws -> Unique<PendingFile> {
        let pending = Unique(
            try storage.create(
                StoredFileName(attempt, StoredFileName.Content(request.variant.kind))))
        try Failpoint.fileCreated.reach()
        return pending
    }

    private func publication(_ request: ExportRequest, _ storage: any FileStore) -> PartPublication {
        PartPublication(
            storage: storage, attempt: attempt,
            content: StoredFileName.Content(request.variant.partKind),
            patienceMilliseconds: Int64(configuration.partFileSeconds) * 1000)
    }

    private func finished(
        _ pending: Unique<PendingFile>, _ summary: ExportSummary, _ request: ExportRequest,
        _ observer: any ExportObserver, keptRows: KeptRowsFile? = nil
    ) throws -> FinishedFile {
        observer.publishing()
        let published = try pending.value.finish()
        try Failpoint.filePublished.reach()
        let digest = published.sha256.hexadecimal
        return FinishedFile(
            name: request.fileName(of: job), storedPath: published.relativePath, size: published.size,
            rows: summary.rows, sha256: digest, receipt: summary.receipt(sha256: digest), keptRows: keptRows)
    }
}

extension Job {
    /// The list of keys that was uploaded with the job; each attempt reads it again.
    fileprivate func filterKeys(in storage: any FileStore) -> FilterKeys? {
        filter.map { FilterKeys(storage.object(StoredFileName(filterKeysOf: id)), count: $0.keys) }
    }
}

/// A noncopyable value that several closures use in turn.
private final class Unique<Value: ~Copyable> {
    var value: Value
    init(_ value: consuming Value) { self.value = value }
}

extension ExportRequest {
    /// The name for people: `<catalog>-<UTC date>.<ext>`.
    package func fileName(date: String) -> String { "\(catalog)-\(date).\(variant.kind.ending)" }

    /// The name for people. A re-export's has the period of the report (its day when the report has no period), the
    /// word reexport, and the day of the re-export: `<catalog>-<first day>_<last day>_reexport_<yyyymmdd>.<ext>`.
    func fileName(of job: Job) -> String {
        guard let reexport = job.reexport else { return fileName(date: "\(job.requestedAt.date)") }
        let period = dateRange.map { "\($0.from)_\($0.to)" } ?? reexport.day
        let day = String("\(job.requestedAt.date)".filter { $0 != "-" })
        return "\(catalog)-\(period)_reexport_\(day).\(variant.kind.ending)"
    }
}

extension Provenance.Origin {
    init(_ job: Job) {
        self.init(
            reportID: "rpt_\(job.id.ulid)", requestedBy: job.requestedBy, requestedAt: job.requestedAt.rfc3339)
    }
}
