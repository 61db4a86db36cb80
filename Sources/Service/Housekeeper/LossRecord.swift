import Posix

/// Decides which of the files that a sweep does not find are lost.
///
/// One look proves little: a file is lost when two sweeps in a row have not found it. When many files are missing at
/// once, they are not lost: the storage is away, or it is another one.
struct LossRecord {
    enum Verdict: Equatable {
        /// The jobs whose files are lost.
        case believed(Set<UUID>)
        case tooMany
    }

    /// So many may be missing even when they are a large share of all files.
    static let few = 3

    private let mostPercent: Int
    private var suspects: Set<UUID> = []

    /// - Parameter mostPercent: of all files, how many in a hundred may be missing.
    init(mostPercent: Int) {
        self.mostPercent = mostPercent
    }

    /// - Parameters:
    ///   - missing: the jobs whose files a sweep has missed.
    ///   - files: how many it looked for.
    mutating func judge(_ missing: Set<UUID>, of files: Int) -> Verdict {
        let lost = suspects.intersection(missing)
        suspects = missing
        return missing.count <= max(Self.few, files * mostPercent / 100) ? .believed(lost) : .tooMany
    }
}
