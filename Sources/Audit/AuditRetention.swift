import Posix

/// Removes rows of the audit whose time is over, from the beginning of each chain, a batch at a time; each batch leaves
/// a signed checkpoint in the same transaction.
package struct AuditRetention {
    private let table: AuditTable
    private let signer: any CheckpointSigner
    private let days: Int
    private var place: (kind: String, chain: String)? = ("downloads", "")

    /// Rows of one transaction.
    private static let batch = 5_000

    /// - Parameter days: how long a row stays.
    package init(_ table: AuditTable, _ signer: any CheckpointSigner, days: Int) {
        self.table = table
        self.signer = signer
        self.days = days
    }

    /// Removes one batch.
    /// - Returns: how many rows went; nil when no more are to go.
    /// - Throws: `PostgresError`, also where the role may not remove rows.
    package mutating func step() throws -> Int64? {
        while let (kind, chain) = place {
            if let head = try table.prefix(kind, after: chain, days: days, atMost: Self.batch) {
                let removed = try table.remove(kind, AuditCheckpoint(head, signedBy: signer))
                // The same chain again when the batch was full.
                if removed < Self.batch { place = (kind, head.chain) }
                return removed
            }
            place = kind == "downloads" ? ("transfers", "") : nil
        }
        return nil
    }

    /// Signs the checkpoints of an older key anew, before that key goes.
    /// - Throws: `PostgresError`.
    package func renewSignatures() throws {
        for checkpoint in try table.checkpoints()
        where checkpoint.kid != signer.kid && checkpoint.fault(signer) == nil {
            let kind = checkpoint.head.chain.hasPrefix("downloads") ? "downloads" : "transfers"
            _ = try table.remove(kind, AuditCheckpoint(checkpoint.head, signedBy: signer))
        }
    }
}
