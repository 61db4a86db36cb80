import Catalog
import JSON
import Posix
import Postgres

/// One export from the first statement to the last byte, wherever the bytes go: a job's file or a command's output.
///
///     BEGIN, snapshot → COPY (…) TO STDOUT ─row─▶ CSVFile ─piece─▶ sink
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

    package init(request: ExportRequest, compiled: CompiledExport, tenant: String, sourceURL: String, seconds: Int) {
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
        package let formulasNeutralised: Int
        package let snapshotAt: String
        package let milliseconds: Int64

        /// The receipt of contract section 5, for a CSV file of this digest.
        package func receipt(sha256: String) -> JSON {
            [
                "rows": .int(rows), "sheets": nil, "sha256": .string(sha256),
                "formulasNeutralised": .int(formulasNeutralised), "textsCut": 0, "integersAsText": 0,
                "bytesRepaired": 0, "snapshotAt": .string(snapshotAt), "durationMs": .int(milliseconds),
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
        let copy = try session.connection.literalText("COPY (\n\(compiled.rows)\n) TO STDOUT")
        let file = try CSVFile(compiled.columns, request, sink: sink)
        try file.begin()

        var counter: RowCounter?
        var countStarted = false
        func look() {
            observer.progress(Int64(file.rows))
            if !countStarted, Clock.monotonicMilliseconds - began > Self.countAfterMilliseconds {
                countStarted = true
                counter = snapshot.exportedID.flatMap { startCounter($0) }
            }
            if let total = try? counter?.takeTotal() {
                observer.total(total)
                counter = nil
            }
        }

        var rowsUntilLook = Self.rowsPerLook
        let sent = try session.connection.copyOut(copy, tickEvery: 250, tick: look) { line in
            try file.append(line)
            rowsUntilLook -= 1
            if rowsUntilLook == 0 {
                rowsUntilLook = Self.rowsPerLook
                look()
            }
        }
        try file.end()
        guard sent == Int64(file.rows) else {
            throw ExportFailure(
                "rows_lost", "The file would not have been whole", mayRetry: true,
                detail: "the server sent \(sent) rows, \(file.rows) were written")
        }
        observer.progress(sent)
        return Summary(
            rows: sent, formulasNeutralised: file.formulasNeutralised, snapshotAt: snapshot.takenAt,
            milliseconds: Clock.monotonicMilliseconds - began)
    }

    private func startCounter(_ snapshot: String) -> RowCounter? {
        try? RowCounter(
            sourceURL, count: compiled.count, tenant: tenant, zone: request.timezone, seconds: seconds,
            snapshot: snapshot)
    }
}
