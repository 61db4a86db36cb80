import Catalog
import Formats
import Posix
import Postgres
import SQLText

/// All rows of a table source, read in this process. They are counted beside that once the export has proved to be long
/// enough to be watched.
struct TableRows: RowSource {
    private let source: TableSource
    private let session: SourceSession
    private let snapshot: SourceSession.Snapshot
    /// Takes the rows besides; nil when they are not kept.
    private let keeper: RowKeeper?
    /// Monotonic milliseconds.
    private let began: Int64
    private let countsRows: Bool
    private let observer: any ExportObserver

    /// - Parameter session: in the transaction of the snapshot.
    init(
        _ source: TableSource, _ session: SourceSession, _ snapshot: SourceSession.Snapshot, keeper: RowKeeper?,
        began: Int64, countsRows: Bool, observer: any ExportObserver
    ) {
        self.source = source
        self.session = session
        self.snapshot = snapshot
        self.keeper = keeper
        self.began = began
        self.countsRows = countsRows
        self.observer = observer
    }

    func prepared(_ file: any RowFile) -> any RowFile {
        RepairedFile.around(keeper.map { KeptFile(file, $0) } ?? file, session)
    }

    func write(into file: any RowFile) throws -> Int64 {
        var counter: RowCounter?
        var countStarted = !countsRows
        return try source.copy(source.compiled.rows, on: session.connection, into: file) { rows in
            observer.progress(rows)
            if !countStarted, Clock.monotonicMilliseconds - began > RowCounter.afterMilliseconds {
                countStarted = true
                counter = startCounter()
            }
            // A count that fails leaves the total unknown and the export unharmed.
            guard counter != nil, (try? counter?.advance()) != nil else { return counter = nil }
            if let current = counter, current.isDone {
                current.counts.first.map { observer.counted($0) }
                counter = nil
            }
        }
    }

    private func startCounter() -> RowCounter? {
        guard let snapshot = snapshot.exportedID else { return nil }
        return try? RowCounter(on: source.joining(snapshot, purpose: "penstock count"), [source.compiled.count])
    }
}

extension TableSource {
    /// Rows between two looks at the clock.
    private static let rowsPerLook = 1024

    /// COPY of `rows`, which are of this source, into a file that has begun, to its end.
    /// - Parameters:
    ///   - edges: where the rows are `PartEdges.rows`.
    ///   - name: a row's name in an error, given its number from 1 among `rows`.
    ///   - look: called several times a second with the rows so far.
    /// - Returns: the rows that the server sent, which are those that were written.
    /// - Throws: `ExportFailure`.
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
}
