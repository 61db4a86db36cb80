import Glibc

/// What a service has logged, a line of JSON an event. It is searched as bytes: a debug build compares a String's
/// characters a hundred times as slowly, and tests look into logs of megabytes again and again.
package struct ServiceLog: Sendable, CustomStringConvertible {
    private let bytes: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) { self.bytes = bytes[...] }
    private init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// In bytes.
    package var count: Int { bytes.count }
    package var description: String { String(decoding: bytes, as: UTF8.self) }

    /// What was logged after its first `count` bytes.
    package func dropFirst(_ count: Int) -> ServiceLog { ServiceLog(bytes.dropFirst(count)) }

    /// The last bytes, for the comment of an expectation.
    package func suffix(_ count: Int) -> String { String(decoding: bytes.suffix(count), as: UTF8.self) }

    package func contains(_ words: String) -> Bool { self.count(of: words, atMost: 1) == 1 }

    /// How often `words` occur.
    package func count(of words: String) -> Int { self.count(of: words, atMost: .max) }

    /// The lines that hold all of the words.
    package func lines(with words: String...) -> [String] {
        let needles = words.map { Array($0.utf8) }
        return bytes.split(separator: 0x0A).filter { line in
            line.withUnsafeBytes { line in needles.allSatisfy { Self.place(of: $0, in: line) != nil } }
        }.map { String(decoding: $0, as: UTF8.self) }
    }

    private func count(of words: String, atMost most: Int) -> Int {
        let needle = Array(words.utf8)
        return bytes.withUnsafeBytes { bytes in
            var (found, rest) = (0, bytes[...])
            while found < most, let place = Self.place(of: needle, in: UnsafeRawBufferPointer(rebasing: rest)) {
                found += 1
                rest = rest.dropFirst(place + needle.count)
            }
            return found
        }
    }

    private static func place(of needle: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, let first = needle.first else { return nil }
        var at = 0
        while bytes.count - at >= needle.count, let found = memchr(base + at, Int32(first), bytes.count - at) {
            at = UnsafeRawPointer(found) - base
            if bytes.count - at >= needle.count, memcmp(found, needle, needle.count) == 0 { return at }
            at += 1
        }
        return nil
    }
}
