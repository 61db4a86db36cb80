import Coding

/// The path of a request target (RFC 9112 section 3.2) as nginx makes `$document_uri` of it: without the query, decoded
/// once, with `.`, `..` and repeated slashes resolved. For web servers that pass on REQUEST_URI alone.
package enum RequestTarget {
    /// nil when the target is no path: it is not absolute, has an unfinished `%` or U+0000, or leads above the root.
    package static func path(_ target: String) -> String? {
        var raw = target.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        // The absolute form, as a proxy may be asked in.
        for scheme in ["http://", "https://"] where String(Substring(raw)).lowercasedASCII.hasPrefix(scheme) {
            raw = raw.dropFirst(scheme.utf8.count).drop { $0 != UInt8(ascii: "/") }
        }
        guard raw.first == UInt8(ascii: "/"), let bytes = PercentCoding.decode(raw, plusIsSpace: false),
            !bytes.contains(0)
        else { return nil }
        var segments: [ArraySlice<UInt8>] = []
        let parts = bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch String(decoding: part, as: UTF8.self) {
            case "", ".":
                // At the end they leave the slash before them.
                if isLast { segments.append([]) }
            case "..":
                guard segments.popLast() != nil else { return nil }
                if isLast { segments.append([]) }
            default: segments.append(part)
            }
        }
        return "/" + String(decoding: Array(segments.joined(separator: [UInt8(ascii: "/")])), as: UTF8.self)
    }
}
