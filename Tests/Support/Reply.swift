import JSON

/// An HTTP answer, whole.
package struct Reply: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// Status lines of the interim answers before it.
    package let interim: [String]

    /// The first value of a header; names do not heed case.
    package subscript(name: String) -> String? { all(name).first }

    package func all(_ name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON, strictly parsed.
    package var json: JSON {
        get throws {
            do {
                return try JSON.parse(body, limits: .stored)
            } catch {
                throw Unmet("status \(status), not JSON (\(error)): \(text.prefix(300))")
            }
        }
    }

    init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
        interim = []
    }

    init(_ bytes: [UInt8], isHead: Bool) throws {
        var rest = bytes[...]
        var interim: [String] = []
        while true {
            guard let end = Self.endOfHead(rest) else {
                throw Unmet("no answer: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
            }
            let lines = String(decoding: rest[rest.startIndex..<end], as: UTF8.self).split(separator: "\r\n")
            rest = rest[(end + 4)...]
            let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
            guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
                throw Unmet("no status line: \(lines.first ?? "")")
            }
            if (100..<200).contains(status) {
                interim.append(String(lines[0]))
                continue
            }
            self.status = status
            self.interim = interim
            headers = lines.dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
                return (String(parts[0]), String(value))
            }
            break
        }
        let fields = headers
        func first(_ name: String) -> String? { fields.first { $0.name.lowercased() == name }?.value }
        if isHead || status == 204 || status == 304 {
            body = Array(rest)
        } else if first("transfer-encoding")?.lowercased() == "chunked" {
            body = try Self.dechunked(rest)
        } else if let length = first("content-length").flatMap({ Int($0) }) {
            guard rest.count >= length else { throw Unmet("body cut: \(rest.count) of \(length) bytes") }
            body = Array(rest.prefix(length))
        } else {
            body = Array(rest)
        }
    }

    /// Bytes of the whole answer, head included, when its head has come and says.
    static func length(of bytes: [UInt8], isHead: Bool) -> Int? {
        guard bytes.count > 12, bytes[9] != UInt8(ascii: "1"), let end = endOfHead(bytes[...]) else { return nil }
        if isHead { return end + 4 }
        for line in String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            return Int(parts[1].drop { $0 == " " }).map { end + 4 + $0 }
        }
        return nil
    }

    private static func endOfHead(_ bytes: ArraySlice<UInt8>) -> Int? {
        var at = bytes.startIndex
        while at + 3 < bytes.endIndex {
            if bytes[at] == 13, bytes[at + 1] == 10, bytes[at + 2] == 13, bytes[at + 3] == 10 { return at }
            at += 1
        }
        return nil
    }

    private static func dechunked(_ bytes: ArraySlice<UInt8>) throws -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes
        while let lineEnd = rest.firstIndex(of: 13) {
            let size = String(decoding: rest[rest.startIndex..<lineEnd], as: UTF8.self).prefix { $0 != ";" }
            guard let count = Int(size, radix: 16), rest.endIndex - lineEnd >= count + 4 else { break }
            if count == 0 { return result }
            result += rest[(lineEnd + 2)..<(lineEnd + 2 + count)]
            rest = rest[(lineEnd + 4 + count)...]
        }
        throw Unmet("chunked body cut after \(result.count) bytes")
    }
}

/// Base64 with padding (RFC 4648 section 4).
package func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for position in 0..<4 {
            result.append(position <= group.count ? alphabet[word >> (18 - 6 * position) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: result, as: UTF8.self)
}
