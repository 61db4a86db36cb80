import Coding
import Glibc

/// The receiver of a multipart body's parts, in their order.
package protocol MultipartReceiver {
    mutating func begin(_ part: MultipartPart) throws
    /// Bytes of the part that has begun, valid only inside the call.
    mutating func append(_ bytes: UnsafeRawBufferPointer) throws
    mutating func end() throws
}

/// A part's own name and the name of the file that it came from.
package struct MultipartPart: Equatable, Sendable {
    package let name: String
    package let fileName: String?
}

/// Why a body is not multipart/form-data as it says.
package struct MultipartError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
}

/// Cuts a multipart/form-data body (RFC 7578, RFC 2046 section 5.1.1) into its parts while it arrives; holds no more of
/// it than a chunk.
///
///     preamble ─ CRLF--boundary CRLF ─▶ headers ─ CRLF CRLF ─▶ content ─ CRLF--boundary ─▶ headers … "--" ─▶ epilogue
///
/// The first delimiter may stand at the very beginning, so the body is read as if a CRLF stood before it.
package struct MultipartReader {
    private enum State { case preamble, delimiter, headers, content, epilogue }

    private let delimiter: [UInt8]
    private var state = State.preamble
    private var pending: [UInt8] = [0x0D, 0x0A]
    private var parts = 0

    private static let headersLimit = 8_192
    private static let partsLimit = 16
    private static let preambleLimit = 8_192
    /// Between a boundary and the end of its line.
    private static let blanksLimit = 256

    /// - Returns: nil when `type` is not multipart/form-data with a boundary of RFC 2046's form.
    package init?(_ type: MediaType) {
        guard type.type == "multipart", type.subtype == "form-data", let boundary = type.parameters["boundary"],
            (1...70).contains(boundary.utf8.count), boundary.utf8.last != 0x20,
            boundary.utf8.allSatisfy({ $0.isASCIIDigit || $0.isASCIILetter || "'()+_,-./:=? ".utf8.contains($0) })
        else { return nil }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// Takes the next bytes of the body.
    package mutating func read(_ bytes: UnsafeRawBufferPointer, into receiver: inout some MultipartReceiver) throws {
        pending.append(contentsOf: bytes)
        while try step(&receiver) {}
    }

    /// The body has ended.
    package func finish() throws(MultipartError) {
        guard state == .epilogue else { throw MultipartError(description: "the multipart body is cut short") }
    }

    /// - Returns: whether the pending bytes may allow another step.
    private mutating func step(_ receiver: inout some MultipartReceiver) throws -> Bool {
        switch state {
        case .preamble:
            let words = "the multipart body does not hold its boundary"
            guard let at = try find(delimiter, within: Self.preambleLimit, orElse: words) else { return false }
            consume(at + delimiter.count)
            state = .delimiter
            return true
        case .delimiter: return try readDelimiterEnd()
        case .headers: return try readHeaders(&receiver)
        case .content: return try readContent(&receiver)
        case .epilogue:
            pending.removeAll(keepingCapacity: true)
            return false
        }
    }

    /// After a boundary: "--" ends the body; else spaces may come before the line ends.
    private mutating func readDelimiterEnd() throws -> Bool {
        guard pending.count >= 2 else { return false }
        if pending[0] == 0x2D, pending[1] == 0x2D {
            state = .epilogue
            return true
        }
        let words = "a multipart boundary's line is too long"
        guard let end = try find([0x0D, 0x0A], within: Self.blanksLimit, orElse: words) else { return false }
        guard pending[..<end].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else {
            throw MultipartError(description: "a multipart boundary is followed by other bytes")
        }
        // The line's end stays: when there are no headers, it is also their end.
        consume(end)
        state = .headers
        return true
    }

    private mutating func readHeaders(_ receiver: inout some MultipartReceiver) throws -> Bool {
        let words = "a part's headers are too long"
        guard let end = try find([0x0D, 0x0A, 0x0D, 0x0A], within: Self.headersLimit, orElse: words) else {
            return false
        }
        parts += 1
        guard parts <= Self.partsLimit else { throw MultipartError(description: "the body has too many parts") }
        guard let text = String(validating: pending[..<end], as: UTF8.self), let part = MultipartPart(headers: text)
        else { throw MultipartError(description: "a part has no Content-Disposition of form-data with a name") }
        consume(end + 4)
        try receiver.begin(part)
        state = .content
        return true
    }

    private mutating func readContent(_ receiver: inout some MultipartReceiver) throws -> Bool {
        if let at = find(delimiter) {
            try give(at, to: &receiver)
            consume(at + delimiter.count)
            try receiver.end()
            state = .delimiter
            return true
        }
        // Bytes that may be the beginning of a delimiter wait for the rest.
        let safe = pending.count - (delimiter.count - 1)
        if safe > 0 {
            try give(safe, to: &receiver)
            consume(safe)
        }
        return false
    }

    private func give(_ count: Int, to receiver: inout some MultipartReceiver) throws {
        guard count > 0 else { return }
        try pending.withUnsafeBytes { try receiver.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    private mutating func consume(_ count: Int) { pending.removeFirst(count) }

    /// The position of `needle`, nil when it has not come yet.
    /// - Throws: `MultipartError` with these words when it does not end within so many bytes, wherever the body is cut.
    private func find(_ needle: [UInt8], within limit: Int, orElse words: String) throws(MultipartError) -> Int? {
        let at = find(needle)
        guard at.map({ $0 + needle.count - 1 }) ?? pending.count <= limit else {
            throw MultipartError(description: words)
        }
        return at
    }

    /// The position of `needle` in the pending bytes.
    private func find(_ needle: [UInt8]) -> Int? {
        pending.withUnsafeBytes { hay in
            guard let base = hay.baseAddress else { return nil }
            var at = 0
            while at + needle.count <= hay.count {
                let rest = hay.count - needle.count + 1 - at
                guard let found = memchr(base + at, Int32(needle[0]), rest) else { return nil }
                at = UnsafeRawPointer(found) - base
                if memcmp(base + at, needle, needle.count) == 0 { return at }
                at += 1
            }
            return nil
        }
    }
}

extension MultipartPart {
    /// - Parameter headers: a part's header lines, each after a CRLF.
    init?(headers: String) {
        var disposition: String?
        for line in headers.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            guard String(line[..<colon]).lowercasedASCII == "content-disposition" else { continue }
            guard disposition == nil else { return nil }
            disposition = String(line[line.index(after: colon)...])
        }
        let fields = (disposition ?? "").splitOutsideQuotes(";").map(\.trimmedOWS)
        guard fields.first?.lowercasedASCII == "form-data" else { return nil }
        var parameters: [String: String] = [:]
        for field in fields.dropFirst() {
            guard let equals = field.firstIndex(of: "=") else { return nil }
            var value = String(field[field.index(after: equals)...])
            // Browsers write a quote inside a name as %22 (WHATWG HTML, multipart/form-data encoding).
            if value.utf8.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                value = String(value.dropFirst().dropLast())
            }
            guard parameters.updateValue(value, forKey: String(field[..<equals]).lowercasedASCII) == nil else {
                return nil
            }
        }
        guard let name = parameters["name"] else { return nil }
        self.init(name: name, fileName: parameters["filename"])
    }
}
