import Catalog
import JSON
import Posix
import Postgres

/// One export from the first statement to the last byte, wherever the bytes go: a job's file or a command's output.
///
///     BEGIN, snapshot → COPY (…) TO STDOUT ─row─▶ CSVFile ─piece─▶ sink        or, when it is large, by `Conductor`
///                           └ after 1 s: count(*) on a second connection, same snapshot ─▶ total
///
/// The rows that were written must be the rows that the server says it sent; otherwise there is no file.
package struct CopyExport {
    package let request: ExportRequest
    package let compiled: CompiledExport
    package let tenant: String
    package let sourceURL: String
    /// How long the COPY may take.
    package let seconds: Int
    /// How many processes may make it at the same time.
    package let workers: Int
    /// Where parts may lie while they are joined.
    package let folder: String

    package init(
        request: ExportRequest, compiled: CompiledExport, tenant: String, sourceURL: String, seconds: Int,
        workers: Int = 1, folder: String = "/tmp"
    ) {
        self.workers = workers
        self.folder = folder
        self.request = request
        self.compiled = compiled
        self.tenant = tenant
        self.sourceURL = sourceURL
        self.seconds = seconds
    }

    /// What a run says while it goes on.
    package struct Observer {
        /// Called several times a second: rows so far.
        package let progress: (Int64) -> Void
        /// Called once, when the rows have been counted.
        package let total: (Int64) -> Void

        package init(progress: @escaping (Int64) -> Void, total: @escaping (Int64) -> Void) {
            self.progress = progress
            self.total = total
        }
    }

    /// What can be said of the file when it is whole.
    package struct Summary {
        package let rows: Int64
        /// Pieces it was made in; one unless it was large.
        package let parts: Int
        package let formulasNeutralised: Int
        package let snapshotAt: String
        package let milliseconds: Int64

        /// The receipt of contract section 5, for a CSV file of this digest.
        package func receipt(sha256: String) -> JSON {
            [
                "rows": .int(rows), "parts": .int(parts), "sheets": nil, "sha256": .string(sha256),
                "formulasNeutralised": .int(formulasNeutralised), "textsCut": 0, "integersAsText": 0,
                "bytesRepaired": 0, "snapshotAt": .string(snapshotAt), "durationMs": .int(milliseconds),
                "peakMemoryBytes": .int(Limits.peakResidentBytes),
            ]
        }
    }

    /// Rows between two looks at the clock.
    static let rowsPerLook = 1024
    /// Below this an export is over before anyone asks how far it is.
    private static let countAfterMilliseconds: Int64 = 1000

    package func run(
        observer: Observer, sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Summary {
        let began = Clock.monotonicMilliseconds
        let session = try SourceSession(sourceURL, purpose: "penstock export")
        let snapshot = try session.begin(tenant: tenant, zone: request.timezone, seconds: seconds, exporting: true)
        var counter: RowCounter?
        var countStarted = false
        func look(_ rows: Int64) {
            observer.progress(rows)
            if !countStarted, Clock.monotonicMilliseconds - began > Self.countAfterMilliseconds {
                countStarted = true
                counter = snapshot.exportedID.flatMap { startCounter($0) }
            }
            if let total = try? counter?.takeTotal() {
                observer.total(total)
                counter = nil
            }
        }

        let result: PartWorker.Result
        var parts = 1
        if let plan = try plan(session, snapshot), let exported = snapshot.exportedID {
            let conductor = try Conductor(self, plan, snapshot: exported, folder: folder, workers: workers)
            result = try conductor.run(look: look, sink: sink)
            parts = plan.ranges.count
        } else {
            result = try copy(on: session, look: look, sink: sink)
        }
        observer.progress(result.rows)
        return Summary(
            rows: result.rows, parts: parts, formulasNeutralised: result.formulasNeutralised,
            snapshotAt: snapshot.takenAt,
            milliseconds: Clock.monotonicMilliseconds - began)
    }

    /// gzip members would end where parts end, and the bytes would depend on the number of workers; so a compressed file
    /// is made in one piece.
    private func plan(_ session: SourceSession, _ snapshot: SourceSession.Snapshot) throws -> PartPlan? {
        guard request.compression == .none, snapshot.exportedID != nil else { return nil }
        return try PartPlan.make(compiled, on: session.connection, workers: workers)
    }

    /// The whole export in this process.
    private func copy(
        on session: SourceSession, look: (Int64) -> Void, sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws -> PartWorker.Result {
        let copy = try session.connection.literalText("COPY (\n\(compiled.rows)\n) TO STDOUT")
        let file = try CSVFile(compiled.columns, request, sink: sink)
        try file.begin()
        var untilLook = Self.rowsPerLook
        let sent = try session.connection.copyOut(copy, tickEvery: 250, tick: { look(Int64(file.rows)) }) { line in
            try file.append(line)
            untilLook -= 1
            if untilLook == 0 {
                untilLook = Self.rowsPerLook
                look(Int64(file.rows))
            }
        }
        try file.end()
        guard sent == Int64(file.rows) else {
            throw ExportFailure(
                "rows_lost", "The file would not have been whole", mayRetry: true,
                detail: "the server sent \(sent) rows, \(file.rows) were written")
        }
        return PartWorker.Result(rows: sent, formulasNeutralised: file.formulasNeutralised)
    }

    private func startCounter(_ snapshot: String) -> RowCounter? {
        try? RowCounter(
            sourceURL, count: compiled.count, tenant: tenant, zone: request.timezone, seconds: seconds,
            snapshot: snapshot)
    }
}
