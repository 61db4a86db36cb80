import Catalog
import JSON
import Posix
import Postgres

/// One export from the first statement to the last byte, wherever the bytes go: a job's file or a command's output.
///
///     BEGIN, snapshot → COPY (…) TO STDOUT ─row─▶ ExportFile ─▶ sink           or, when it is large, by `Conductor`
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
    /// What a workbook's sheets are called; nothing for "Sheet1".
    package let title: String?

    package init(
        request: ExportRequest, compiled: CompiledExport, tenant: String, sourceURL: String, seconds: Int,
        workers: Int = 1, folder: String = "/tmp", title: String? = nil
    ) {
        self.title = title
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
        package let tally: FileTally
        package let snapshotAt: String
        package let milliseconds: Int64

        /// The receipt of contract section 5, for a file of this digest.
        package func receipt(sha256: String) -> JSON {
            [
                "rows": .int(rows), "parts": .int(parts), "sheets": tally.sheets.map { .int($0) } ?? nil,
                "sha256": .string(sha256),
                "formulasNeutralised": .int(tally.formulasNeutralised), "textsCut": .int(tally.textsCut),
                "integersAsText": .int(tally.integersAsText), "bytesRepaired": .int(tally.bytesRepaired),
                "snapshotAt": .string(snapshotAt), "durationMs": .int(milliseconds),
                "peakMemoryBytes": .int(Limits.peakResidentBytes),
            ]
        }
    }

    /// Rows between two looks at the clock.
    private static let rowsPerLook = 1024
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

        let rows: Int64
        let tally: FileTally
        var parts = 1
        if let plan = try plan(session, snapshot), let exported = snapshot.exportedID {
            let conductor = try Conductor(self, plan, snapshot: exported, folder: folder, workers: workers)
            let result = try conductor.run(look: look, sink: sink)
            rows = result.rows
            tally = FileTally(formulasNeutralised: result.formulasNeutralised)
            parts = plan.ranges.count
        } else {
            (rows, tally) = try copy(on: session, look: look, sink: sink)
        }
        observer.progress(rows)
        return Summary(
            rows: rows, parts: parts, tally: tally, snapshotAt: snapshot.takenAt,
            milliseconds: Clock.monotonicMilliseconds - began)
    }

    /// gzip members would end where parts end, and the bytes would depend on the number of workers; so a compressed file
    /// is made in one piece. So are workbooks, whose parts have to know their first row.
    private func plan(_ session: SourceSession, _ snapshot: SourceSession.Snapshot) throws -> PartPlan? {
        guard request.format == .csv, request.compression == .none, snapshot.exportedID != nil else { return nil }
        return try PartPlan.make(compiled, on: session.connection, workers: workers)
    }

    /// The whole export in this process.
    private func copy(
        on session: SourceSession, look: (Int64) -> Void, sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws -> (rows: Int64, tally: FileTally) {
        let file: any ExportFile =
            switch request.format {
            case .csv: try CSVFile(compiled.columns, request, sink: sink)
            case .xlsx: XLSXFile(compiled.columns, title: title, sink: sink)
            }
        try file.begin()
        let sent = try Self.copy(compiled.rows, on: session.connection, into: file, look: look)
        return (sent, file.tally)
    }

    /// COPY of `rows` into a file that has begun, to its end.
    /// - Parameter look: called several times a second with the rows so far.
    /// - Returns: the rows that the server sent, which are those that were written.
    static func copy(
        _ rows: SQL, on connection: Connection, into file: any ExportFile, look: (Int64) -> Void
    ) throws -> Int64 {
        let copy = try connection.literalText("COPY (\n\(rows)\n) TO STDOUT")
        var untilLook = rowsPerLook
        let sent = try connection.copyOut(copy, tickEvery: 250, tick: { look(Int64(file.rows)) }) { line in
            try file.append(line)
            untilLook -= 1
            if untilLook == 0 {
                untilLook = rowsPerLook
                look(Int64(file.rows))
            }
        }
        try file.end()
        guard sent == Int64(file.rows) else {
            throw ExportFailure(
                "rows_lost", "The file would not have been whole", mayRetry: true,
                detail: "the server sent \(sent) rows, \(file.rows) were written")
        }
        return sent
    }

    private func startCounter(_ snapshot: String) -> RowCounter? {
        try? RowCounter(
            sourceURL, count: compiled.count, tenant: tenant, zone: request.timezone, seconds: seconds,
            snapshot: snapshot)
    }
}
