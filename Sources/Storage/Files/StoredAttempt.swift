import Coding
import Posix

/// One attempt at a job, as the names of its files tell it: `<job>.<epoch>-<claim>`.
///
/// The epoch alone does not tell two attempts apart: a failover that loses a commit puts a job's row back to before its
/// claim, and the next claim has the same epoch. The claim's token never comes again.
package struct StoredAttempt: Hashable, Sendable, CustomStringConvertible {
    package let job: UUID
    package let epoch: Int
    /// The first digits of the claim's token; nil for the files of releases that named them by the epoch alone, and for
    /// those that are no attempt's.
    let claim: String?

    /// Two attempts would have to have the same epoch of the same job, and the same 32 random bits.
    private static let digits = 8

    /// - Parameter token: the claim's, a UUID of version 4, whose first digits are random.
    package init(job: UUID, epoch: Int, token: String) {
        self.init(job: job, epoch: epoch, claim: String(token.prefix(Self.digits)))
    }

    init(job: UUID, epoch: Int, claim: String?) {
        self.job = job
        self.epoch = epoch
        self.claim = claim
    }

    /// The two hexadecimal digits that name the folder of its files.
    var shard: String { String(job.description.suffix(2)) }

    package var description: String { "\(job).\(epoch)\(claim.map { "-\($0)" } ?? "")" }

    /// - Parameter number: the epoch and the claim, as they stand in a name.
    init?(job: UUID, number: Substring) {
        let pieces = number.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let epoch = Int(pieces[0]), epoch >= 0 else { return nil }
        let claim = pieces.dropFirst().first.map(String.init)
        if let claim, claim.utf8.count != Self.digits || Hexadecimal.decode(claim)?.hexadecimal != claim { return nil }
        self.init(job: job, epoch: epoch, claim: claim)
    }
}
