import Catalog
import Formats
import Posix

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
