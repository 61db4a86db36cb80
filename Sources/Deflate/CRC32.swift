import CLibdeflate
import CZlib

/// The CRC-32 of some bytes and how many they are, which is what it takes to join it with that of the bytes after
/// them: `a.append(b)` is the checksum of both, though neither's bytes are there any more.
package struct CRC32: Sendable, Equatable {
    package private(set) var value: UInt32
    /// Bytes that went into it.
    package private(set) var length: Int

    /// Of no bytes.
    package init() { self.init(value: 0, length: 0) }

    /// As it was noted down earlier.
    package init(value: UInt32, length: Int) {
        self.value = value
        self.length = length
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        value = libdeflate_crc32(value, base, bytes.count)
        length += bytes.count
    }

    package mutating func append(_ next: CRC32) {
        value = UInt32(truncatingIfNeeded: crc32_combine(UInt(value), UInt(next.value), next.length))
        length += next.length
    }
}
