import Crypto
import Posix

/// The UUID by which the Records API names a subject: the subject itself where it is one, else a version 5 UUID (RFC
/// 9562 section 5.5) of the tenant and the subject, which is the same every time and tells nothing of either.
package enum SubjectID {
    /// A name space of Penstock's own, drawn once.
    private static let space = UUID("6f0c1c52-7b5e-4f5b-9a37-2d4a0b7c9e11") ?? UUID(high: 0, low: 0)

    package static func uuid(of subject: String, tenant: String) -> UUID {
        if let uuid = UUID(subject) { return uuid }
        var hash = Insecure.SHA1()
        hash.update(data: bytes(space.high) + bytes(space.low))
        // With its length before it, so that no two pairs are the same bytes.
        hash.update(data: bytes(UInt64(tenant.utf8.count)) + Array(tenant.utf8) + Array(subject.utf8))
        let digest = Array(hash.finalize())
        func word(_ start: Int) -> UInt64 { digest[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
        return UUID(
            high: word(0) & 0xFFFF_FFFF_FFFF_0FFF | 0x5000,
            low: word(8) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    private static func bytes(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
}
