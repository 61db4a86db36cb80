/// What stands in the place of the rows that were removed from the beginning of a chain: its last link, signed, so that
/// the rest of the chain still proves itself.
package struct AuditCheckpoint: Equatable, Sendable {
    package let head: AuditHead
    package let kid: String
    /// Hexadecimal.
    package let signature: String

    package init(head: AuditHead, kid: String, signature: String) {
        self.head = head
        self.kid = kid
        self.signature = signature
    }

    init(_ head: AuditHead, signedBy signer: some CheckpointSigner) {
        self.init(head: head, kid: signer.kid, signature: signer.signature(of: Self.message(head)))
    }

    /// Why it does not stand for what was removed; nil when it does.
    /// - Parameter signer: nil when there are no keys to check with.
    func fault(_ signer: (any CheckpointSigner)?) -> String? {
        guard let signer else { return "rows were removed, and there are no signing keys to check the checkpoint with" }
        switch signer.isSignature(signature, of: Self.message(head), by: kid) {
        case true?: return nil
        case false?: return "rows were removed, and the checkpoint's signature is not right"
        case nil: return "rows were removed, and the checkpoint was signed by the key \(kid), which is not there"
        }
    }

    private static func message(_ head: AuditHead) -> [UInt8] {
        AuditChain.canonical([head.chain, "\(head.links)", head.hash])
    }
}

/// The keys that sign checkpoints.
package protocol CheckpointSigner: Sendable {
    /// The key that signs.
    var kid: String { get }
    /// Hexadecimal.
    func signature(of message: [UInt8]) -> String
    /// Nil when there is no such key.
    func isSignature(_ signature: String, of message: [UInt8], by kid: String) -> Bool?
}
