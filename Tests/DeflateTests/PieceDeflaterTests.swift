import CZlib
import Deflate
import FileReaders
import Support
import Testing

/// The output of our own deflate, read by zlib.
@Suite struct `Deflated pieces` {
    enum Search: CaseIterable { case recent, chained }

    /// - Parameter step: bytes for a call of `write`.
    private func deflated(
        _ pieces: [[UInt8]], _ search: Search = .recent, step: Int = .max
    ) -> [UInt8] {
        var deflater = PieceDeflater(search == .recent ? .recent : .chained)
        var output = OutputBuffer(capacity: 64)
        for (index, piece) in pieces.enumerated() {
            var rest = piece[...]
            while !rest.isEmpty {
                rest.prefix(step).withUnsafeBytes { deflater.write($0, into: &output) }
                rest = rest.dropFirst(step)
            }
            if index < pieces.count - 1 { deflater.endPiece(into: &output) } else { deflater.endStream(into: &output) }
        }
        return output.withUnsafeBytes { Array($0) }
    }

    private func expectRoundTrip(_ pieces: [[UInt8]], _ comment: String) {
        let whole = Array(pieces.joined())
        for search in Search.allCases {
            let bytes = deflated(pieces, search)
            #expect(inflated(bytes, .raw, capacity: whole.count) == whole, "\(comment), \(search)")
        }
    }

    @Test(arguments: [
        0, 1, 2, 3, 4, 5, 15, 16, 17, 257, 258, 259, 260, 32_767, 32_768, 32_769, 262_143, 262_144, 262_145,
    ])
    func `of every awkward length come back`(count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        expectRoundTrip([[UInt8](repeating: 7, count: count)], "one byte over and over")
        expectRoundTrip([(0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }], "noise")
        expectRoundTrip([(0..<count).map { _ in UInt8.random(in: 48...57, using: &random) }], "digits")
        expectRoundTrip([(0..<count).map { UInt8($0 / 3 % 251) }], "ramps")
    }

    /// A repetition stands as far behind its text as a reference can reach, one byte nearer and one farther.
    @Test(arguments: [1, 2, 3, 8, 9, 32_767, 32_768, 32_769])
    func `refer as far back as the window reaches and no farther`(distance: Int) {
        var random = SplitMix64(seed: 3)
        let noise = (0..<distance).map { _ in UInt8.random(in: 0...255, using: &random) }
        let bytes = (0..<500_000).map { noise[$0 % distance] }
        expectRoundTrip([bytes], "period \(distance)")
        for search in Search.allCases {
            let count = deflated([bytes], search).count
            // Where it is reached at all, all but the first period is references.
            if distance <= 32_768 { #expect(count < distance + distance / 4 + 8000) } else { #expect(count > 500_000) }
        }
    }

    /// Frequencies like Fibonacci's numbers make Huffman's tree as deep as it can be: deeper than the fifteen bits of a
    /// code.
    @Test func `keep to the longest code there is`() {
        var bytes: [UInt8] = []
        var (last, next) = (1, 1)
        for symbol in 0..<24 {
            bytes += [UInt8](repeating: UInt8(symbol * 7), count: last)
            (last, next) = (next, last + next)
        }
        var random = SplitMix64(seed: 5)
        bytes.shuffle(using: &random)
        expectRoundTrip([bytes], "\(bytes.count) bytes")
    }

    @Test(arguments: Search.allCases)
    func `are joined end to end, and each depends on its own bytes alone`(search: Search) {
        var random = SplitMix64(seed: 8)
        let pieces = (0..<12).map { index in
            (0..<Int.random(in: 0...400_000, using: &random)).map { _ in
                UInt8.random(in: 0...UInt8(20 * index + 1), using: &random)
            }
        }
        expectRoundTrip(pieces + [[]], "twelve pieces and an empty one")
        expectRoundTrip([[], [], [1], []], "pieces of nothing")
        let twice = deflated([pieces[3], pieces[5], pieces[3], []], search)
        let once = deflated([pieces[3], []], search)
        let empty = deflated([[]], search)
        let piece = once.dropLast(empty.count)
        #expect(twice.starts(with: piece) && twice.dropLast(empty.count).suffix(piece.count) == piece)
        #expect(piece.suffix(4) == [0, 0, 0xFF, 0xFF])
    }

    @Test(arguments: [1, 7, 4096, 262_144, 300_000])
    func `are the same however their input is cut`(step: Int) {
        var random = SplitMix64(seed: 21)
        let xml = (0..<20_000).flatMap { row in
            Array(
                "<row r=\"\(row)\"><c r=\"A\(row)\"><v>\(Int.random(in: 0...99_999, using: &random))</v></c></row>".utf8
            )
        }
        for search in Search.allCases {
            #expect(deflated([xml], search, step: step) == deflated([xml], search))
            #expect(inflated(deflated([xml], search, step: step), .raw, capacity: xml.count) == xml)
        }
    }

    /// Hints of true repetitions, of others, and of places outside of the window and the piece.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `come back whatever is said to be known of them, however they are cut`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes: [UInt8] = []
        var hints: [(start: Int, end: Int, above: UInt32, beside: UInt32)] = []
        while bytes.count < 700_000 {
            let start = bytes.count
            bytes += Array("</v></c><c r=\"\(Int.random(in: 0..<5, using: &random))\(hints.count)\"><v>".utf8)
            let distances = (0..<2).map { _ in UInt32.random(in: 0..<(seed % 2 == 0 ? 60 : .max), using: &random) }
            let end = start + Int.random(in: 0..<40, using: &random)
            hints.append((start, end, distances[0], distances[1]))
            bytes += Array("\(Int.random(in: 0...99_999, using: &random))".utf8)
        }
        let whole = hinted(bytes, hints, every: bytes.count)
        #expect(inflated(whole, .raw, capacity: bytes.count) == bytes)
        for step in [1000, 131_072, 262_145] { #expect(hinted(bytes, hints, every: step) == whole, "\(step)") }
    }

    /// - Parameter step: bytes for a call of `write`, with the hints that begin in them.
    private func hinted(
        _ bytes: [UInt8], _ hints: [(start: Int, end: Int, above: UInt32, beside: UInt32)], every step: Int
    ) -> [UInt8] {
        var deflater = PieceDeflater()
        var output = OutputBuffer()
        var rest = hints[...]
        for at in stride(from: 0, to: bytes.count, by: step) {
            var known = MatchHints()
            while let hint = rest.first, hint.start < at + step {
                known.reserve(1).initialize(
                    to: MatchHints.Hint(
                        start: UInt32(hint.start), end: UInt32(hint.end), above: hint.above, beside: hint.beside))
                known.advance(1)
                rest = rest.dropFirst()
            }
            bytes[at..<min(at + step, bytes.count)].withUnsafeBytes {
                deflater.write($0, knowing: known, into: &output)
            }
        }
        deflater.endStream(into: &output)
        return output.withUnsafeBytes { Array($0) }
    }

    @Test func `come back whatever is in them`() {
        for seed in UInt64(0)..<60 {
            var random = SplitMix64(seed: seed)
            // Stretches of noise, of repetitions and of runs, of alphabets of any size.
            var bytes: [UInt8] = []
            while bytes.count < 60_000 {
                let count = Int.random(in: 1...3000, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    let most = UInt8.random(in: 0...255, using: &random)
                    bytes += (0..<count).map { _ in UInt8.random(in: 0...most, using: &random) }
                case 1: bytes += [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: count)
                default:
                    guard !bytes.isEmpty else { continue }
                    let start = Int.random(in: 0..<bytes.count, using: &random)
                    bytes += bytes[start..<min(start + count, bytes.count)]
                }
            }
            expectRoundTrip([bytes], "seed \(seed)")
        }
    }

    /// How many bytes zlib makes of some at its level 6.
    private static func zlibCount(_ bytes: [UInt8]) -> Int {
        var count = compressBound(UInt(bytes.count))
        var output = [UInt8](repeating: 0, count: Int(count))
        return compress2(&output, &count, bytes, UInt(bytes.count), 6) == Z_OK ? Int(count) : 0
    }

    /// Lines of a table, some of whose columns repeat a value of long ago.
    @Test func `of text are about as small as zlib's`() {
        var random = SplitMix64(seed: 4)
        let names = (0..<200).map { index in
            "Name \(index) of \(["Oslo", "Bergen", "Trondheim", "Tromsø", "Bodø"][index % 5])"
        }
        var text: [UInt8] = []
        for row in 0..<30_000 {
            let name = names[Int.random(in: 0..<200, using: &random)]
            let amount = Int.random(in: 0...9_999, using: &random)
            text += Array("\(row),\(name),2026-03-\(10 + row / 1500)T08:00:00Z,\(amount).50,delivered\r\n".utf8)
        }
        #expect(Double(deflated([text], .chained).count) < 1.1 * Double(Self.zlibCount(text)))
    }
}
