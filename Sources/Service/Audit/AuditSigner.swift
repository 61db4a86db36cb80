import Audit
import Storage

/// Signs the audit's checkpoints by the keys of download links.
package struct AuditSigner: CheckpointSigner {
    private let signer: MessageSigner

    package init(_ ring: KeyRing) {
        signer = MessageSigner(ring, for: "audit-checkpoint-v1")
    }

    package var kid: String { signer.kid }

    package func signature(of message: [UInt8]) -> String { signer.signature(of: message) }

    package func isSignature(_ signature: String, of message: [UInt8], by kid: String) -> Bool? {
        signer.isSignature(signature, of: message, by: kid)
    }
}
