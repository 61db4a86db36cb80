import CSystem

/// Bytes from getrandom(2), one call a use: no pool in user space that a fork would duplicate.
package enum Random {
    package static func bytes(_ count: Int) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = result.withUnsafeMutableBytes { penstock_random($0.baseAddress! + filled, count - filled) }
            // Only EINTR can happen for a request like this once the kernel's pool is ready (getrandom(2)).
            if got > 0 { filled += got }
        }
        return result
    }

    /// A uniformly random value of all 64 bits.
    package static func integer() -> UInt64 {
        bytes(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    }

    /// A uniformly random value from 0 to 1.
    package static func fraction() -> Double { Double(integer() >> 11) / Double(1 << 53) }
}
