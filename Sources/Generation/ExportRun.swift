import Catalog
import Configuration
import JSON
import Jobs
import Posix
import Storage

/// One attempt at a job, in the child that was forked for it.
package struct ExportRun {
    private let job: Job
    private let catalogs: CatalogSet
    private let configuration: Configuration

    package init(job: Job, catalogs: CatalogSet, configuration: Configuration) {
        self.job = job
        self.catalogs = catalogs
        self.configuration = configuration
    }

    /// Runs the attempt to its end.
    /// - Parameters:
    ///   - slot: where on the board this child shows its life.
    ///   - tell: takes what happens to the parts of a large export.
    package func outcome(
        storage: StorageFolder, progress board: ProgressBoard, slot: Int, tell: @escaping (PartEvent) -> Void
    ) -> Outcome {
        do {
            return .finished(try file(storage, board, slot, tell))
        } catch {
            return ExportFailure(error).outcome
        }
    }

    private func file(
        _ storage: StorageFolder, _ board: ProgressBoard, _ slot: Int, _ tell: @escaping (PartEvent) -> Void
    ) throws -> FinishedFile {
        let observer = observer(board, slot, tell)
        if let rows = job.reexport?.rows { return try rerendered(rows, storage, observer) }
        guard let report = catalogs.report(module: job.module, key: job.catalog) else {
            throw ExportFailure("catalog_changed", "The catalog \(job.module)/\(job.catalog) is not there any more")
        }
        let request = try ExportRequest.decode(job.request, for: report).get()
        let compiled = try Compiler.compile(
            request, of: report, tenant: job.tenant, language: job.language, daysIn: job.reexport?.zone)
        let pending = try pendingFile(request, storage)
        let export = CopyExport(
            request: request, compiled: compiled, description: try ReportDescription(request, of: report),
            language: job.language, origin: Provenance.Origin(job), zone: job.reexport?.zone, tenant: job.tenant,
            sourceURL: configuration.sourceURL, seconds: configuration.exportSeconds, workers: configuration.workers,
            folder: storage.root, publication: publication(request, storage))
        let keeping = try report.keepRowsSeconds.map { seconds in
            (
                seconds: seconds,
                pending: Unique(
                    try storage.create(StoredFileName(job: job.id, epoch: job.epoch, content: .rows)))
            )
        }
        let summary = try export.run(
            observer: observer, sink: { try pending.value.write($0) },
            rowsSink: keeping.map { keeping in { try keeping.pending.value.write($0) } })
        var kept: KeptRowsFile?
        if let keeping, keeping.pending.value.size > 0 {
            let published = try keeping.pending.value.finish()
            kept = KeptRowsFile(
                storedPath: published.relativePath, size: published.size, sha256: published.sha256.hexadecimal,
                seconds: keeping.seconds)
        }
        return try finished(pending, summary, request, keptRows: kept)
    }

    /// The report again, from the rows that were kept of it. Neither its tables nor its catalog need be there any more.
    private func rerendered(
        _ rows: Job.Reexport.Rows, _ storage: borrowing StorageFolder, _ observer: CopyExport.Observer
    ) throws -> FinishedFile {
        let request = try ExportRequest.stored(job.request).get()
        guard let name = StoredFileName(relativePath: rows.storedPath) else {
            throw ExportFailure("internal_error", "The kept rows have no name", detail: rows.storedPath)
        }
        let pending = try pendingFile(request, storage)
        let rendering = Rerendering(
            request: request, language: job.language, path: storage.path(of: name), sha256: rows.sha256)
        let summary = try rendering.run(observer: observer) { try pending.value.write($0) }
        return try finished(pending, summary, request)
    }

    private func pendingFile(
        _ request: ExportRequest, _ storage: borrowing StorageFolder
    ) throws -> Unique<PendingFile> {
        Unique(
            try storage.create(StoredFileName(job: job.id, epoch: job.epoch, content: request.storedContent)))
    }

    /// Parts of an archive's CSV file are no archives.
    private func publication(_ request: ExportRequest, _ storage: StorageFolder) -> PartPublication {
        PartPublication(
            storage: storage, job: job.id, epoch: job.epoch,
            content: request.storedContent == .csvArchive ? .csv : request.storedContent,
            patienceMilliseconds: Int64(configuration.partFileSeconds) * 1000)
    }

    private func finished(
        _ pending: Unique<PendingFile>, _ summary: CopyExport.Summary, _ request: ExportRequest,
        keptRows: KeptRowsFile? = nil
    ) throws -> FinishedFile {
            language: job.language, origin: Provenance.Origin(job), tenant: job.tenant,
            sourceURL: configuration.sourceURL, seconds: configuration.exportSeconds, workers: configuration.workers,
            folder: storage.root,
            publication: PartPublication(
                storage: storage, job: job.id, epoch: job.epoch, content: content == .csvArchive ? .csv : content,
                patienceMilliseconds: Int64(configuration.partFileSeconds) * 1000))
        // What the host's other exports leave over; one that starts later gets its one worker all the same.
        let workers = { max(1, configuration.workers - max(0, board.running - 1)) }
        let began = Clock.monotonicMilliseconds
        var isLong = false
        let summary = try export.run(
            observer: CopyExport.Observer(
                progress: {
                    board.beat(slot: slot, rows: $0)
                    // A short export is somebody's who waits for it; a long one steps back behind the responders.
                    if !isLong, Clock.monotonicMilliseconds - began > 1000 {
                        isLong = true
                        Limits.lowerPriority(by: 5)
                    }
                }, total: { board.counted(slot: slot, rows: $0) }, part: tell, workers: workers),
            sink: { try pending.value.write($0) })
