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
    private let workers: Int

    /// - Parameter workers: how many processes this attempt may use at the same time.
    package init(job: Job, catalogs: CatalogSet, configuration: Configuration, workers: Int) {
        self.workers = workers
        self.job = job
        self.catalogs = catalogs
        self.configuration = configuration
    }

    /// Runs the attempt to its end.
    /// - Parameter slot: where on the board this child shows its life.
    package func outcome(
        storage: borrowing StorageFolder, progress board: ProgressBoard, slot: Int
    ) -> Outcome {
        do {
            return .finished(try file(storage, board, slot))
        } catch {
            return ExportFailure(error).outcome
        }
    }

    private func file(
        _ storage: borrowing StorageFolder, _ board: ProgressBoard, _ slot: Int
    ) throws -> FinishedFile {
        guard let report = catalogs.report(module: job.module, key: job.catalog) else {
            throw ExportFailure("catalog_changed", "The catalog \(job.module)/\(job.catalog) is not there any more")
        }
        let request = try ExportRequest.decode(job.request, for: report).get()
        let compiled = try Compiler.compile(request, of: report, tenant: job.tenant, language: job.language)
        let content = request.storedContent
        let pending = Unique(
            try storage.create(StoredFileName(job: job.id, epoch: job.epoch, content: content)))
        let export = CopyExport(
            request: request, compiled: compiled, description: try ReportDescription(request, of: report),
            language: job.language, origin: Provenance.Origin(job), tenant: job.tenant,
            sourceURL: configuration.sourceURL, seconds: configuration.exportSeconds, workers: workers,
            folder: storage.root)
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
                }, total: { board.counted(slot: slot, rows: $0) }),
            sink: { try pending.value.write($0) })
        let published = try pending.value.finish()
        let digest = published.sha256.hexadecimal
        return FinishedFile(
            name: request.fileName(date: job.requestedAt.date), storedPath: published.relativePath,
            size: published.size, rows: summary.rows, sha256: digest, receipt: summary.receipt(sha256: digest))
    }
}

/// A noncopyable value that several closures use in turn.
private final class Unique<Value: ~Copyable> {
    var value: Value
    init(_ value: consuming Value) { self.value = value }
}

extension ExportRequest {
    /// Annexes make an archive of a CSV file, which is compressed by itself whatever `compression` says.
    package var storedContent: StoredFileName.Content {
        switch format {
        case .csv: includeAnnexes ? .csvArchive : compression == .gzip ? .csvGzip : .csv
        case .xlsx: .xlsx
        }
    }

    /// `<catalog>-<UTC date>.<ext>`: what people see.
    package func fileName(date: String) -> String { "\(catalog)-\(date).\(storedContent.rawValue)" }

    /// What the CSV file is called inside an archive.
    func archivedName(day: String) -> String { "\(catalog)-\(day).csv" }
}

extension Provenance.Origin {
    init(_ job: Job) {
        self.init(
            reportID: "rpt_\(job.id.ulid)", requestedBy: job.requestedBy, requestedAt: job.requestedAt.rfc3339)
    }
}

extension [UInt8] {
    /// Two lower-case digits a byte.
    package var hexadecimal: String {
        let digits = Array<UInt8>("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
