import Coding

/// Where a bucket is, and where in it our objects are: `s3://bucket/prefix` at an endpoint.
package struct ObjectPlace: Sendable, Equatable, CustomStringConvertible {
    /// How a request names the bucket.
    package enum Style: String, Sendable, CaseIterable {
        /// `https://endpoint/bucket/key`
        case path
        /// `https://bucket.endpoint/key`
        case host
    }

    package let bucket: String
    /// Before every key, with a slash at its end; empty for none.
    package let prefix: String
    package let isTLS: Bool
    /// The name that requests are sent to and signed for, with a port that is not the scheme's.
    package let host: String
    package let style: Style

    /// - Parameters:
    ///   - address: `s3://bucket/prefix`.
    ///   - endpoint: `https://host[:port]`.
    /// - Returns: nil when one of them is malformed. A prefix has letters, digits, `.`, `_`, `-` and `/`, so that no
    ///   part of a key has to be encoded.
    package init?(_ address: String, endpoint: String, style: Style) {
        guard address.hasPrefix("s3://") else { return nil }
        let rest = address.dropFirst(5)
        let bucket = rest.prefix { $0 != "/" }
        var prefix = rest.dropFirst(bucket.count).drop { $0 == "/" }
        while prefix.hasSuffix("/") { prefix.removeLast() }
        func isPlain(_ text: Substring, _ others: String) -> Bool {
            text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || others.utf8.contains($0) }
        }
        guard (3...63).contains(bucket.count), isPlain(bucket, ".-"), isPlain(prefix, "._-/"),
            !prefix.split(separator: "/", omittingEmptySubsequences: false).dropFirst(prefix.isEmpty ? 1 : 0)
                .contains(where: { ["", ".", ".."].contains($0) })
        else { return nil }
        guard let colon = endpoint.firstRange(of: "://"), ["http", "https"].contains(endpoint[..<colon.lowerBound])
        else { return nil }
        isTLS = endpoint.hasPrefix("https")
        var host = endpoint[colon.upperBound...]
        if host.hasSuffix("/") { host.removeLast() }
        if host.hasSuffix(isTLS ? ":443" : ":80") { host = host.prefix { $0 != ":" } }
        guard !host.isEmpty, isPlain(host, ".-:[]") else { return nil }
        self.bucket = String(bucket)
        self.prefix = prefix.isEmpty ? "" : "\(prefix)/"
        self.host = style == .host ? "\(bucket).\(host)" : String(host)
        self.style = style
    }

    package var description: String { "s3://\(bucket)" + (prefix.isEmpty ? "" : "/\(prefix.dropLast())") }

    /// `https://host`, without a slash at its end.
    package var origin: String { "\(isTLS ? "https" : "http")://\(host)" }

    /// The path of a request for a key below the prefix, encoded.
    package func path(of key: String) -> String { bucketPath + PercentCoding.encode(prefix + key, keeping: .path) }

    /// The path of a request for the bucket, with a slash at its end.
    package var bucketPath: String { style == .path ? "/\(bucket)/" : "/" }
}
