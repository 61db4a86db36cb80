import Deflate
import FastCGI
import FileReaders

extension FuzzTarget {
    /// The first bytes say where pieces end, how often the rest is repeated, and how it is cut.
    static let deflate = FuzzTarget("deflate") { bytes in
        var choices = Choices(bytes)
        let (pieceBytes, times, step) = (choices.next() * 7, choices.next() % 8 + 1, choices.next() * 3 + 1)
        let plain = Array([[UInt8]](repeating: choices.rest, count: times).joined())
        for isChained in [false, true] {
            let packed = deflated(plain, isChained, pieces: pieceBytes, every: step)
            try demand(inflated(packed, .raw, capacity: plain.count) == plain, "zlib reads something else")
            let whole = deflated(plain, isChained, pieces: pieceBytes, every: .max)
            try demand(packed == whole, "the bytes depend on the calls")
        }
    }

    private static func deflated(
        _ bytes: [UInt8], _ isChained: Bool, pieces length: Int, every step: Int
    ) -> [UInt8] {
        var deflater = isChained ? PieceDeflater(.chained) : PieceDeflater(.recent)
        var output = OutputBuffer(capacity: 64)
        for (index, piece) in (length == 0 ? [bytes] : bytes.cut(every: length)).enumerated() {
            if index > 0 { deflater.endPiece(into: &output) }
            for stretch in piece.cut(every: min(step, piece.count)) {
                stretch.withUnsafeBytes { deflater.write($0, into: &output) }
            }
        }
        deflater.endStream(into: &output)
        return output.withUnsafeBytes { Array($0) }
    }

    /// The first byte says how the rest is cut.
    static let gzip = FuzzTarget("gzip") { bytes in
        var choices = Choices(bytes)
        let step = choices.next() + 1
        let rest = choices.rest
        let whole = Outcome { try plain(rest, every: .max) }
        try demand(whole == Outcome { try plain(rest, every: step) }, "cut after \(step) bytes it is another file")
        if let member = inflated(rest, .gzip, capacity: 1 << 22) {
            try demand(whole == .value(Plain(bytes: member, isWhole: true)), "zlib reads something else")
        }
        var writer = GzipWriter()
        var output = OutputBuffer()
        for piece in rest.cut(every: step) {
            piece.withUnsafeBytes { writer.write($0, into: &output) }
            writer.endPiece(into: &output)
        }
        writer.endMember(into: &output)
        let packed = output.withUnsafeBytes { Array($0) }
        try demand(
            try plain(packed, every: step) == Plain(bytes: rest, isWhole: true), "what was written does not come back")
    }

    private struct Plain: Equatable {
        var bytes: [UInt8] = []
        var isWhole = true
    }

    private static func plain(_ bytes: [UInt8], every step: Int) throws -> Plain {
        var reader = try GzipReader()
        var plain = Plain()
        for stretch in bytes.cut(every: min(step, bytes.count)) {
            try stretch.withUnsafeBytes { try reader.read($0) { plain.bytes += $0 } }
            // A bomb is the caller's to bound.
            guard plain.bytes.count < 1 << 22 else { return Plain(bytes: [], isWhole: false) }
        }
        plain.isWhole = reader.isBetweenMembers
        return plain
    }

    /// The records that we write ourselves: request id, then content. libfcgi reads those of nginx.
    static let records = FuzzTarget("records") { bytes in
        var choices = Choices(bytes)
        let id = UInt16(choices.next() << 8 | choices.next())
        let times = choices.next() + 1
        let content = Array([[UInt8]](repeating: choices.rest, count: times).joined())
        var rest = (Record.output(content, request: id) + Record.end(request: id))[...]
        var records: [(type: UInt8, content: [UInt8])] = []
        while rest.count >= 8 {
            let head = Array(rest.prefix(8))
            let length = Int(head[4]) << 8 | Int(head[5])
            try demand(
                head[0] == 1 && Int(head[2]) << 8 | Int(head[3]) == Int(id) && rest.count >= 8 + length + Int(head[6]),
                "a record's head")
            records.append((head[1], Array(rest.dropFirst(8).prefix(length))))
            rest = rest.dropFirst(8 + length + Int(head[6]))
        }
        try demand(rest.isEmpty, "bytes after the last record")
        try demand(records.map(\.type) == records.dropLast(2).map { _ in 6 } + [6, 3], "the records' types")
        try demand(records.dropLast(2).allSatisfy { !$0.content.isEmpty }, "an early end")
        try demand(records.dropLast(2).flatMap(\.content) == content, "the content")
    }
}
