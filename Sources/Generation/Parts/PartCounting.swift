import Catalog
import Postgres

/// Counts the rows of an export in parts: those of the whole, which the parts must come to, and those of each range.
///
/// The whole is counted on the connection that keeps the snapshot. The ranges are counted on a connection of their own,
/// either at once, because parts must know their rows' numbers, or for the progress alone, when the export proves to be
/// a long one. Where they are needed and no other connection can be had, they go first on the keeper's.
struct PartCounting {
    private let shared: SharedSource
    private let ranges: [KeyRange]
    /// Whether the export cannot go on without the rows of its ranges.
    private let areNeeded: Bool
    private var rangeCounter: RowCounter?
    private var wholeCounter: RowCounter?
    private var rangesAreOnKeeper = false
    /// Whether the ranges have been counted, are being counted, or need not be.
    private(set) var hasStarted: Bool
    /// The rows of the whole; nil until they have been counted.
    private(set) var whole: Int64?
    /// The rows of the first ranges, as far as they have been counted.
    private(set) var counts: [Int64] = []

    /// - Parameters:
    ///   - whole: nil when the rows of the whole have not been counted yet.
    ///   - wantsRanges: whether the ranges are counted for the progress.
    ///   - needsRanges: whether the export cannot go on without their rows.
    /// - Throws: `ExportFailure` when the source gives no connection, `PostgresError` when it takes no statement.
    init(
        _ shared: SharedSource, _ ranges: [KeyRange], whole: Int64?, wantsRanges: Bool, needsRanges: Bool
    ) throws {
        self.shared = shared
        self.ranges = ranges
        self.whole = whole
        areNeeded = needsRanges
        hasStarted = !wantsRanges
        if needsRanges { try startRanges() }
        if !rangesAreOnKeeper { try startWhole() }
    }

    /// The keeper's connection does one thing at a time.
    var isKeeperFree: Bool { !rangesAreOnKeeper && wholeCounter == nil }

    /// Readable when there is something for `advance`.
    var sockets: [Int32] { [rangeCounter, wholeCounter].compactMap { $0?.socket } }

    /// - Throws: `ExportFailure` when the source gives no connection, `PostgresError` when it takes no statement.
    mutating func startRanges() throws {
        hasStarted = true
        let statements = ranges.map { shared.source.compiled.count(in: $0) }
        do {
            rangeCounter = try RowCounter(
                on: shared.source.joining(shared.snapshot, purpose: "penstock count"), statements)
        } catch let failure as ExportFailure where failure.recovery == .wait && areNeeded {
            rangeCounter = try RowCounter(on: shared.keeper, statements)
            rangesAreOnKeeper = true
        }
    }

    private mutating func startWhole() throws(PostgresError) {
        guard whole == nil else { return }
        wholeCounter = try RowCounter(on: shared.keeper, [shared.source.compiled.count])
    }

    /// Takes counts that have arrived, without waiting, and tells the export's watchers of them.
    /// - Throws: `PostgresError` from counts that the export cannot go on without.
    mutating func advance(_ observer: any ExportObserver) throws(PostgresError) {
        try wholeCounter?.advance()
        if let count = wholeCounter?.counts.first {
            wholeCounter = nil
            whole = count
            observer.counted(count)
        }
        guard rangeCounter != nil else { return }
        do {
            try rangeCounter?.advance()
        } catch {
            rangeCounter = nil
            if areNeeded { throw error }
            return
        }
        guard let counter = rangeCounter else { return }
        counts = counter.counts
        guard counter.isDone else { return }
        rangeCounter = nil
        if rangesAreOnKeeper {
            rangesAreOnKeeper = false
            try startWhole()
        }
        observer.part(.counted(counts))
    }

    /// Asks the keeper's session for a sign of life.
    /// - Throws: `PostgresError`, which tells how the session ended, when it has.
    mutating func askKeeper() throws(PostgresError) {
        if wholeCounter != nil {
            try wholeCounter?.advance()
        } else if rangesAreOnKeeper {
            try rangeCounter?.advance()
        } else {
            try shared.keeper.connection.execute("select 1", "ask the keeper")
        }
    }
}
