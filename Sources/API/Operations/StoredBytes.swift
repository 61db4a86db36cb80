import Jobs
import Posix

/// How much is stored, as the last look of this process found it. A look costs more the more files there are, so it is
/// not repeated for a hundred times as long as it took: an installation with few files always has the present figure.
final class StoredBytes {
    private var last: (figures: StoredFigures, until: Int64)?

    private static let share: Int64 = 100

    /// - Throws: `PostgresError`.
    func figures(of queue: Queue) throws -> StoredFigures {
        let began = Clock.monotonicMicroseconds
        if let last, began < last.until { return last.figures }
        let figures = try queue.storedFigures()
        let took = Clock.monotonicMicroseconds - began
        last = (figures, began + took * Self.share)
        return figures
    }
}
