import Catalog
import Formats
import JSON
import Posix
import Postgres
import Storage

/// One export from the first statement to the last byte, wherever the bytes go: a job's file or a command's output.
///
///     BEGIN, snapshot → COPY (…) TO STDOUT ─row─▶ RowFile ─▶ sink           or, when it is large, by `Conductor`
///                           │  └ labels of related rows, instead of joins, when it is large
///                           └ after 1 s: count(*) on a second connection, same snapshot ─▶ total
///
/// The rows that were written must be the rows that the server says it sent; otherwise there is no file.
package struct CopyExport {
    package let request: ExportRequest
    package private(set) var compiled: CompiledExport
    /// What `compiled` leaves to be put into the rows, once it was read.
    private(set) var labels: Labels?
    package let tenant: String
    package let sourceURL: String
    /// How long the COPY may take.
    package let seconds: Int
    /// How many processes may make it at the same time, at most.
    package let workers: Int
    /// From how many expected rows on it is made in parts.
    package let partsFromRows: Int
    /// Where parts may lie while they are joined.
    package let folder: String
    /// What the rows are called, and in which language: a workbook's sheets and the annexes tell.
    package let description: ReportDescription
    package let language: String
    /// Who asked, where a job is behind it.
    package let origin: Provenance.Origin?
    /// In which zone the days of the request's period begin and end.
    package let zone: String
    /// Where finished parts may be given files of their own, if anywhere.
    package let publication: PartPublication?
    /// The keys that the compiled statements look into; there when `compiled.filter` is.
    package let filter: FilterKeys?

    package init(
        request: ExportRequest, compiled: CompiledExport, description: ReportDescription, language: String,
        origin: Provenance.Origin? = nil, zone: String? = nil, tenant: String, sourceURL: String, seconds: Int,
        workers: Int = 1, partsFromRows: Int, folder: String = "/tmp", publication: PartPublication? = nil,
        filter: FilterKeys? = nil
    ) {
        self.filter = filter
        self.description = description
        self.language = language
        self.origin = origin
        self.zone = zone ?? request.timezone
        self.publication = publication
        self.workers = workers
        self.partsFromRows = partsFromRows
        self.folder = folder
        self.request = request
        self.compiled = compiled
        self.tenant = tenant
        self.sourceURL = sourceURL
        self.seconds = seconds
    }

    /// What a run says while it goes on.
    package struct Observer {
        /// Called once, when the source has answered.
        package let reached: () -> Void
        /// Called several times a second: rows so far.
        package let progress: (Int64) -> Void
        /// Called once, when the rows have been counted.
        package let total: (Int64) -> Void
        /// Called for what happens to parts.
        package let part: (PartEvent) -> Void
        /// Asked before each fork: how many processes may make the export right now, beside what else runs.
        package let workers: () -> Int

        package init(
            progress: @escaping (Int64) -> Void, total: @escaping (Int64) -> Void,
            part: @escaping (PartEvent) -> Void = { _ in }, workers: @escaping () -> Int = { .max },
            reached: @escaping () -> Void = {}
        ) {
            self.reached = reached
            self.progress = progress
            self.total = total
            self.part = part
            self.workers = workers
        }
    }

    /// What can be said of the file when it is whole.
    package struct Summary {
        package let rows: Int64
        /// Pieces it was made in; one unless it was large.
        package let parts: Int
        package let tally: FileTally
        package let filter: FilterKeys.Tally?
        package let snapshotAt: String
        package let milliseconds: Int64

        /// The receipt, for a file of this digest.
        package func receipt(sha256: String) -> JSON {
            var receipt: JSONObject = [
                "rows": .int(rows), "parts": .int(parts), "sheets": tally.sheets.map { .int($0) } ?? nil,
                "sha256": .string(sha256),
            ]
            for (name, value) in tally.members.members { receipt[name] = value }
            receipt["snapshotAt"] = .string(snapshotAt)
            receipt["durationMs"] = .int(milliseconds)
            receipt["peakMemoryBytes"] = .int(Limits.peakResidentBytes)
            for (name, value) in filter?.members ?? [] { receipt[name] = value }
            return .object(receipt)
        }
    }

    /// Rows between two looks at the clock.
    private static let rowsPerLook = 1024
    /// Below this an export is over before anyone asks how far it is.
    static let countAfterMilliseconds: Int64 = 1000

    /// - Parameters:
    ///   - session: the one that the export was compiled on, outside a transaction.
    ///   - sink: takes the file's bytes in order; they are valid only inside the call.
    ///   - rowsSink: takes what is kept of the rows, where they are to be kept.
    package func run(
        on session: SourceSession, observer: Observer, sink: @escaping (UnsafeRawBufferPointer) throws -> Void,
        rowsSink: ((UnsafeRawBufferPointer) throws -> Void)? = nil
    ) throws -> Summary {
        let began = Clock.monotonicMilliseconds
        let snapshot = try ExportFailure.reaching {
            try beginning(session) {
                try session.begin(
                    tenant: tenant, zone: request.timezone, seconds: seconds, exporting: true, access: $0)
            }
        }
        observer.reached()
        var export = self
        export.compiled = try session.typed(compiled)
        return try export.run(
            on: session, snapshot, began: began, observer: observer, sink: sink, rowsSink: rowsSink)
    }

    /// The same in a transaction that has begun, when the types of the columns are known.
    private func run(
        on session: SourceSession, _ snapshot: SourceSession.Snapshot, began: Int64, observer: Observer,
        sink: @escaping (UnsafeRawBufferPointer) throws -> Void, rowsSink: ((UnsafeRawBufferPointer) throws -> Void)?
    ) throws -> Summary {
        let provenance = try provenance(
            session, snapshot, isWanted: request.includeAnnexes || rowsSink != nil, look: observer.progress)
        if let provenance { observer.total(provenance.summary.rows) }
        let annexes =
            request.includeAnnexes ? provenance.map { Annexes.tables($0, request, language: language) } ?? [] : []
        let table = FileTable(
            compiled.columns.map(\.cell), title: description.label.label(language), language: language,
            annexes: annexes, memberName: request.memberName(day: provenance?.day ?? ""))

        let rows: Int64
        let tally: FileTally
        var parts = 1
        if let rowsSink, let provenance { try RowKeeper.head(provenance).withUnsafeBytes { try rowsSink($0) } }
        let estimate = try estimatedRows(session)
        var export = self
        if let labels = try Labels.load(
            compiled, estimatedRows: estimate, on: session.connection, tick: { observer.progress(0) })
        {
            export.compiled = labels.compiled
            export.labels = labels
        }
        if let exported = snapshot.exportedID,
            let plan = try PartPlan.make(
                compiled, estimatedRows: estimate, on: session.connection, workers: workers, fromRows: partsFromRows)
        {
            let format = try request.variant.parts(of: table) { try firstRows(plan, on: session, observer) }
            let conductor = try Conductor(
                export, plan, format, keeper: session, snapshot: exported, countedRows: provenance?.summary.rows,
                observer: observer)
            (rows, tally) = try conductor.run(sink: sink, rowsSink: rowsSink)
            parts = plan.ranges.count
        } else {
            let keeper = try rowsSink.map { try RowKeeper(sink: $0) }
            (rows, tally) = try export.copy(
                on: session, snapshot, began: began, table, keeper, countsRows: provenance == nil, observer,
                sink: sink)
        }
        observer.progress(rows)
        return Summary(
            rows: rows, parts: parts, tally: tally, filter: try filterTally(session) { observer.progress(rows) },
            snapshotAt: snapshot.takenAt,
            milliseconds: Clock.monotonicMilliseconds - began)
    }

    /// What the annexes are made of, where they are wanted. The rows are counted by that, so that nothing else need
    /// count them.
    private func provenance(
        _ session: SourceSession, _ snapshot: SourceSession.Snapshot, isWanted: Bool, look: (Int64) -> Void
    ) throws -> Provenance? {
        guard isWanted else { return nil }
        return Provenance(
            description: description.knowing(compiled.columns), tenant: tenant, origin: origin, zone: zone,
            rowsZone: request.timezone,
            snapshotAt: snapshot.takenAt, summary: try session.summary(compiled, look: look))
    }

    /// Nothing is asked when the answer would change nothing.
    private func estimatedRows(_ session: SourceSession) throws(PostgresError) -> Int {
        guard workers > 1 || !compiled.lookups.isEmpty else { return 0 }
        return try session.estimatedRows(compiled) ?? 0
    }

    /// The rows of which one process would make the layout: the first ones, which the first range nearly always has.
    private func firstRows(_ plan: PartPlan, on session: SourceSession, _ observer: Observer) throws -> FirstRows {
        let connection = session.connection
        var repair = RowRepair()
        var rows = FirstRows()
        for head in [
            compiled.head(of: plan.ranges[0], limit: FirstRows.mostRows),
            compiled.preview(limit: FirstRows.mostRows),
        ] where !rows.isFull {
            rows = FirstRows()
            let copy = try connection.literalText("COPY (\n\(head)\n) TO STDOUT")
            _ = try connection.copyOut(copy, tickEvery: 250, tick: { observer.progress(0) }) {
                guard !rows.isFull else { return }
                if session.sendsUTF8 { rows.take($0) } else { try repair.repair($0) { rows.take($0) } }
            }
        }
        return rows
    }

    /// The whole export in this process. Its rows are counted beside it once it has proved to be long enough to be
    /// watched.
    private func copy(
        on session: SourceSession, _ snapshot: SourceSession.Snapshot, began: Int64, _ table: FileTable,
        _ keeper: RowKeeper?, countsRows: Bool, _ observer: Observer,
        sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws -> (rows: Int64, tally: FileTally) {
        var file = try request.variant.file(of: table, sink: sink)
        if let keeper { file = KeptFile(file, keeper) }
        file = RepairedFile.around(file, session)
        var counter: RowCounter?
        var countStarted = !countsRows
        func look(_ rows: Int64) {
            observer.progress(rows)
            if !countStarted, Clock.monotonicMilliseconds - began > Self.countAfterMilliseconds {
                countStarted = true
                counter = snapshot.exportedID.flatMap { startCounter($0) }
            }
            // A count that fails leaves the total unknown and the export unharmed.
            guard counter != nil, (try? counter?.advance()) != nil else { return counter = nil }
            if let current = counter, current.isDone {
                current.counts.first.map { observer.total($0) }
                counter = nil
            }
        }
        try file.begin()
        let sent = try copy(compiled.rows, on: session.connection, into: file, look: look)
        return (sent, file.tally)
    }

    /// COPY of `rows`, which are of `compiled`, into a file that has begun, to its end.
    /// - Parameters:
    ///   - edges: where the rows are `PartEdges.rows`.
    ///   - name: what to call a row in an error, given its number from 1 among `rows`.
    ///   - look: called several times a second with the rows so far.
    /// - Returns: the rows that the server sent, which are those that were written.
    func copy(
        _ rows: SQL, on connection: Connection, into file: any RowFile, edges: PartEdges? = nil,
        name: (Int) -> String = { "Row \($0)" }, look: (Int64) -> Void
    ) throws -> Int64 {
        do {
            return try copied(rows, on: connection, into: file, edges: edges, look: look)
        } catch {
            throw ExportFailure(error).at(name(file.rows + 1))
        }
    }

    private func copied(
        _ rows: SQL, on connection: Connection, into file: any RowFile, edges: PartEdges?, look: (Int64) -> Void
    ) throws -> Int64 {
        let copy = try connection.literalText("COPY (\n\(rows)\n) TO STDOUT")
        var labeller = labels?.labeller()
        let copies = file.copiesOfRow + (labels == nil ? 0 : 1)
        var untilLook = Self.rowsPerLook
        let sent = try connection.copyOut(copy, tickEvery: 250, tick: { look(Int64(file.rows)) }) { line in
            if line.count > Self.largeRowBytes { try Self.refuse(line.count, unlessFits: copies) }
            let line = edges?.take(line) ?? line
            if labeller != nil {
                try labeller?.label(line) { try file.append($0) }
            } else {
                try file.append(line)
            }
            untilLook -= 1
            if untilLook == 0 {
                untilLook = Self.rowsPerLook
                look(Int64(file.rows))
            }
        }
        try file.end()
        guard sent == Int64(file.rows) else {
            throw ExportFailure(
                "rows_lost", "The file would not have been whole", .retry,
                detail: "the server sent \(sent) rows, \(file.rows) were written")
        }
        return sent
    }

    /// From this size on a row is looked at before it is encoded: a process that gets no memory for it ends by a
    /// signal.
    private static let largeRowBytes = 1 << 20

    private static func refuse(_ bytes: Int, unlessFits copies: Int) throws(ExportFailure) {
        guard let left = Limits.growthLeft, left < bytes * copies else { return }
        throw ExportFailure(
            "row_too_large", ExportFailure.largerThanWorker("A row"),
            detail: "the row has \(bytes) bytes, and \(left) bytes of memory are left")
    }

    private func startCounter(_ snapshot: String) -> RowCounter? {
        try? RowCounter(on: joining(snapshot, purpose: "penstock count"), [compiled.count])
    }
}
