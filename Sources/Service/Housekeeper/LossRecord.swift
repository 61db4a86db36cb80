/// Decides which of the things that a sweep finds wrong are so: files that it misses, files that no row knows.
///
/// One look proves little: only what two sweeps in a row have found is believed. When much is wrong at once, none of it
/// is: the storage is away or another one, or the database was set back.
struct LossRecord<Item: Hashable> {
    enum Verdict: Equatable {
        /// The items that are lost.
        case believed(Set<Item>)
        case tooMany
    }

    private let mostPercent: Int
    private var suspects: Set<Item> = []

    /// - Parameter mostPercent: of all items, how many in a hundred may be lost.
    init(mostPercent: Int) {
        self.mostPercent = mostPercent
    }

    /// - Parameters:
    ///   - missing: the items that a sweep has found wrong.
    ///   - count: how many it looked at.
    mutating func judge(_ missing: Set<Item>, of count: Int) -> Verdict {
        let lost = suspects.intersection(missing)
        suspects = missing
        // So many may be lost even when they are a large share of all.
        let few = 3
        return missing.count <= max(few, count * mostPercent / 100) ? .believed(lost) : .tooMany
    }
}
