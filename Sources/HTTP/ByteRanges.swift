import Coding

/// How nginx reads a `Range` header (RFC 9110 section 14.2).
package enum ByteRanges {
    /// Whether nginx answers 416: the header is of bytes, and one of its ranges is malformed, or all of them begin
    /// behind the end. As ngx_http_range_parse (src/http/modules/ngx_http_range_filter_module.c) reads it, for a
    /// location with `max_ranges 1`: of several ranges that can be had the file is sent as a whole.
    package static func areRefused(_ header: String, size: Int64) -> Bool {
        guard header.utf8.count >= 7, header.lowercasedASCII.hasPrefix("bytes=") else { return false }
        var found = 0
        for part in header.dropFirst(6).utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let first = firstByte(String(Substring(part)).replacing(" ", with: ""), size: size) else {
                return true
            }
            if first < size {
                found += 1
                if found > 1 { return false }
            } else if first == 0 {
                return false
            }
        }
        return found == 0
    }

    /// The first byte of a range, behind the end for a range that is empty there; nil when the text is no range.
    private static func firstByte(_ range: String, size: Int64) -> Int64? {
        let ends = range.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard ends.count == 2 else { return nil }
        if ends[0].isEmpty { return number(ends[1]).map { $0 < size ? size - $0 : 0 } }
        guard let first = number(ends[0]) else { return nil }
        if ends[1].isEmpty { return first }
        guard let last = number(ends[1]) else { return nil }
        return first <= last ? first : .max
    }

    private static func number(_ digits: String) -> Int64? {
        !digits.isEmpty && digits.utf8.allSatisfy(\.isASCIIDigit) ? Int64(digits) : nil
    }
}
