import Deflate

/// Whether bytes are UTF-8 (RFC 3629), which a database in SQL_ASCII does not promise and XML demands.
package enum UTF8Text {
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        var at = 0
        while at < bytes.count {
            if at + 8 <= bytes.count
                && (base + at).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                at += 8
                continue
            }
            let length = characterLength(bytes, at: at)
            guard length > 0 else { return false }
            at += length
        }
        return true
    }

    /// Appends `bytes` with U+FFFD in place of each byte that belongs to no character; says how many those were.
    package static func repair(_ bytes: UnsafeRawBufferPointer, into output: inout OutputBuffer) -> Int {
        var replaced = 0
        var at = 0
        while at < bytes.count {
            let length = characterLength(bytes, at: at)
            if length > 0 {
                output.append(UnsafeRawBufferPointer(rebasing: bytes[at..<at + length]))
                at += length
            } else {
                output.append("\u{FFFD}")
                replaced += 1
                at += 1
            }
        }
        return replaced
    }

    /// The length in bytes of the character that begins at `at`; 0 when no character begins there.
    @inline(__always)
    private static func characterLength(_ bytes: UnsafeRawBufferPointer, at: Int) -> Int {
        let lead = bytes[at]
        if lead < 0x80 { return 1 }
        let left = bytes.count - at
        func follows(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            offset < left && range.contains(bytes[at + offset])
        }
        switch lead {
        case 0xC2...0xDF: return follows(1) ? 2 : 0
        case 0xE0: return follows(1, 0xA0...0xBF) && follows(2) ? 3 : 0
        case 0xED: return follows(1, 0x80...0x9F) && follows(2) ? 3 : 0
        case 0xE1...0xEF: return follows(1) && follows(2) ? 3 : 0
        case 0xF0: return follows(1, 0x90...0xBF) && follows(2) && follows(3) ? 4 : 0
        case 0xF1...0xF3: return follows(1) && follows(2) && follows(3) ? 4 : 0
        case 0xF4: return follows(1, 0x80...0x8F) && follows(2) && follows(3) ? 4 : 0
        default: return 0
        }
    }
}
