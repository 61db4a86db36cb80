import Coding
import HTTP

extension FuzzTarget {
    static let query = FuzzTarget("query") { bytes in
        let text = bytes.text
        let query: Query
        do throws(QueryError) { query = try Query(parsing: text) } catch {
            try demand(!error.description.isEmpty, "a refusal says why")
            return
        }
        let names = query.names
        try demand(Set(names.map { Array($0.utf8) }).count == names.count, "a name is there twice")
        // Read by hand.
        let pairs = Array(text.utf8).split(separator: UInt8(ascii: "&")).map { pair in
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (plain(halves[0]), halves.count > 1 ? plain(halves[1]) : [])
        }
        try demand(pairs.map(\.0) == names.map { Array($0.utf8) }, "other names")
        for (name, value) in zip(names, pairs.map(\.1)) {
            try demand(query[name].map { Array($0.utf8) } == value, "another value of \(name)")
        }
        let written = Query.text(names.map { ($0, query[$0]) })
        guard written.utf8.count <= QueryLimits.bytes else { return }
        let again = try Query(parsing: written)
        try demand(again.names == names && names.allSatisfy { again[$0] == query[$0] }, "it does not come back")
    }

    private static func plain(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2 else {
                result.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                continue
            }
            result.append(UInt8(Array(rest.prefix(2)).text, radix: 16) ?? 0)
            rest = rest.dropFirst(2)
        }
        return result
    }

    /// The first byte chooses how the body is cut.
    static let multipart = FuzzTarget("multipart") { bytes in
        var choices = Choices(bytes)
        let step = choices.next() % 40 + 1
        let body = choices.rest
        let whole = Outcome { try parts(of: body, every: Int.max) }
        try demand(whole == Outcome { try parts(of: body, every: step) }, "cut after \(step) bytes it is another body")
        guard case .value(let parts) = whole else { return }
        var written: [UInt8] = []
        for part in parts {
            guard !part.content.text.contains("--xYz"), !part.name.contains("\""), !part.name.hasSuffix("\\") else {
                return
            }
            written += Array("--xYz\r\nContent-Disposition: form-data; name=\"\(part.name)\"\r\n\r\n".utf8)
            written += part.content + Array("\r\n".utf8)
        }
        let again = try Self.parts(of: written + Array("--xYz--".utf8), every: step)
        try demand(again.map(\.content) == parts.map(\.content), "the parts do not come back")
    }

    private struct Part: Equatable {
        let name: String
        let fileName: String?
        var content: [UInt8] = []
        var hasEnded = false
    }

    private struct Receiver: MultipartReceiver {
        var parts: [Part] = []

        mutating func begin(_ part: MultipartPart) throws {
            try demand(parts.last?.hasEnded != false, "a part begins in another")
            parts.append(Part(name: part.name, fileName: part.fileName))
        }
        mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
            try demand(parts.last?.hasEnded == false, "bytes outside of a part")
            parts[parts.count - 1].content += bytes
        }
        mutating func end() throws {
            try demand(parts.last?.hasEnded == false, "an end outside of a part")
            parts[parts.count - 1].hasEnded = true
        }
    }

    private static func parts(of body: [UInt8], every step: Int) throws -> [Part] {
        guard let type = MediaType("multipart/form-data; boundary=xYz"), var reader = MultipartReader(type) else {
            throw BrokenRule(description: "a good boundary is refused")
        }
        var receiver = Receiver()
        for stretch in body.cut(every: min(step, body.count)) {
            try stretch.withUnsafeBytes { try reader.read($0, into: &receiver) }
        }
        try reader.finish()
        return receiver.parts
    }

    static let disposition = FuzzTarget("disposition") { bytes in
        let value = ContentDisposition.attachment(fileName: bytes.text)
        try demand(value.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "not a line of ASCII")
        let parts = value.split(separator: "\"", omittingEmptySubsequences: false)
        try demand(parts.count == 3 && parts[0] == "attachment; filename=" && !parts[1].isEmpty, "the name in quotes")
        let mark = "; filename*=UTF-8''"
        guard parts.count == 3, parts[2].hasPrefix(mark),
            let name = PercentCoding.decode(Array(parts[2].dropFirst(mark.count).utf8), plusIsSpace: false),
            let text = String(validating: name, as: UTF8.self)
        else { throw BrokenRule(description: "the name in UTF-8") }
        try demand(
            !text.isEmpty && !text.unicodeScalars.contains { "/\\".unicodeScalars.contains($0) || $0.value < 0x20 },
            "the name holds a path or a control character")
        // A header of the client's that is read beside it.
        _ = ByteRanges.areRefused(bytes.text, size: 1000)
        _ = MediaType(bytes.text)
    }
}
