/// The Huffman codes of one block and their encoding in the block's header (RFC 1951, 3.2.7).
struct BlockCode: ~Copyable {
    /// Places for the 256 bytes, then for the 256 lengths.
    static let bytesAndLengths = 512
    /// Places for the distances' symbols, and some without meaning.
    static let distances = 32

    /// The bits of the block with these codes, header included.
    let bits: Int
    /// For each byte and each length, its extra bits included: the bits shifted left by eight, and how many.
    private let words: UnsafeMutablePointer<UInt32>
    /// For each distance's symbol: the bits shifted left by 32, in bits 16…31 which of the distance's bits are extra,
    /// in bits 8…15 how many there are with those, and in bits 0…7 without.
    private let distanceWords: UnsafeMutablePointer<UInt64>
    private let endOfBlock: UInt32
    private let header: Header

    /// Longest codes, of the two alphabets and of the one in which their lengths are told.
    private static let limit = 15
    private static let headerLimit = 7

    /// - Parameters:
    ///   - frequencies: of the 256 bytes, then of the 256 lengths.
    ///   - distanceFrequencies: of the distances' symbols.
    init(_ frequencies: UnsafePointer<UInt32>, _ distanceFrequencies: UnsafePointer<UInt32>) {
        var literals = [UInt32](repeating: 0, count: DeflateSymbols.literalsAndLengths)
        for byte in 0..<256 { literals[byte] = frequencies[byte] }
        literals[DeflateSymbols.endOfBlock] = 1
        for (length, symbol) in DeflateSymbols.lengthSymbols.enumerated() {
            literals[Int(symbol)] += frequencies[256 + length]
        }
        let nears = Array(UnsafeBufferPointer(start: distanceFrequencies, count: DeflateSymbols.distances))
        let literalLengths = Self.lengths(literals)
        let distanceLengths = Self.lengths(nears)
        header = Header(literalLengths, distanceLengths)
        var bits = header.bits
        for (symbol, frequency) in literals.enumerated() {
            let extra = symbol > DeflateSymbols.endOfBlock ? DeflateSymbols.extraBits(ofLengthSymbol: symbol) : 0
            bits += Int(frequency) * (Int(literalLengths[symbol]) + extra)
        }
        for (symbol, frequency) in nears.enumerated() {
            let extra = DeflateSymbols.extraBits(ofDistanceSymbol: symbol)
            bits += Int(frequency) * (Int(distanceLengths[symbol]) + extra)
        }
        self.bits = bits

        let literalCodes = HuffmanLengths.codes(literalLengths)
        words = .allocate(capacity: Self.bytesAndLengths)
        for byte in 0..<256 {
            (words + byte).initialize(to: UInt32(literalCodes[byte]) << 8 | UInt32(literalLengths[byte]))
        }
        for (length, symbol) in DeflateSymbols.lengthSymbols.enumerated() {
            let count = UInt32(literalLengths[Int(symbol)])
            let extra = UInt32(DeflateSymbols.extraBits(ofLengthSymbol: Int(symbol)))
            let bits = UInt32(literalCodes[Int(symbol)]) | (UInt32(length) & (1 << extra - 1)) << count
            (words + 256 + length).initialize(to: bits << 8 | (count + extra))
        }
        endOfBlock =
            UInt32(literalCodes[DeflateSymbols.endOfBlock]) << 8 | UInt32(literalLengths[DeflateSymbols.endOfBlock])
        let distanceCodes = HuffmanLengths.codes(distanceLengths)
        distanceWords = .allocate(capacity: Self.distances)
        distanceWords.initialize(repeating: 0, count: Self.distances)
        for (symbol, length) in distanceLengths.enumerated() {
            let extra = UInt64(DeflateSymbols.extraBits(ofDistanceSymbol: symbol))
            let counts = (UInt64(length) + extra) << 8 | UInt64(length)
            distanceWords[symbol] = UInt64(distanceCodes[symbol]) << 32 | (1 << extra - 1) << 16 | counts
        }
    }

    deinit {
        words.deallocate()
        distanceWords.deallocate()
    }

    func writeHeader(isLast: Bool, to output: inout BitWriter) { header.write(isLast: isLast, to: &output) }

    /// The bits of a byte, or of a length with its distance: at most 48.
    /// - Parameters:
    ///   - index: the byte, or 256 and the length less three.
    ///   - symbol: the distance's, or one without meaning.
    ///   - near: in its lowest bits the distance less one.
    @inline(__always)
    func word(_ index: Int, distance symbol: Int, near: UInt64) -> (bits: UInt64, count: UInt64) {
        let word = UInt64(words[index])
        let distance = distanceWords[symbol]
        let count = word & 0xFF
        let more = distance >> 32 | (near & (distance >> 16 & 0xFFFF)) &<< (distance & 0xFF)
        return (word >> 8 | more &<< count, count &+ (distance >> 8 & 0xFF))
    }

    func putEnd(to output: inout BitWriter) { output.put(UInt64(endOfBlock >> 8), UInt64(endOfBlock & 0xFF)) }

    private static func lengths(_ frequencies: [UInt32]) -> [UInt8] {
        var lengths = [UInt8](repeating: 0, count: frequencies.count)
        frequencies.withUnsafeBufferPointer { HuffmanLengths.find($0, limit: limit, into: &lengths) }
        // A code of one word is incomplete and an empty code is a special case; every reader knows codes of two words.
        makeComplete(&lengths)
        return lengths
    }

    private static func makeComplete(_ lengths: inout [UInt8]) {
        var used = lengths.count { $0 > 0 }
        for symbol in 0..<2 where used < 2 && lengths[symbol] == 0 {
            lengths[symbol] = 1
            used += 1
        }
    }

    /// The lengths of both codes, run by run, in a code of their own.
    private struct Header {
        private let literalCount: Int
        private let distanceCount: Int
        /// Symbols of the third alphabet, with their extra bits.
        private let runs: [(symbol: Int, extra: UInt64)]
        private let lengths: [UInt8]
        private let lengthCount: Int
        let bits: Int

        private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        private static let extraBits = [Int](repeating: 0, count: 16) + [2, 3, 7]

        init(_ literals: [UInt8], _ distances: [UInt8]) {
            literalCount = max(257, (literals.lastIndex { $0 > 0 } ?? 0) + 1)
            distanceCount = (distances.lastIndex { $0 > 0 } ?? 0) + 1
            runs = Self.runs(Array(literals[..<literalCount] + distances[..<distanceCount]))
            var frequencies = [UInt32](repeating: 0, count: 19)
            for run in runs { frequencies[run.symbol] += 1 }
            var lengths = [UInt8](repeating: 0, count: 19)
            frequencies.withUnsafeBufferPointer { HuffmanLengths.find($0, limit: headerLimit, into: &lengths) }
            makeComplete(&lengths)
            self.lengths = lengths
            lengthCount = max(4, (Self.order.lastIndex { lengths[$0] > 0 } ?? 0) + 1)
            bits = runs.reduce(3 + 14 + 3 * lengthCount) { sum, run in
                sum + Int(lengths[run.symbol]) + Self.extraBits[run.symbol]
            }
        }

        func write(isLast: Bool, to output: inout BitWriter) {
            output.put(isLast ? 1 : 0, 1)
            output.put(2, 2)
            output.put(UInt64(literalCount - 257), 5)
            output.put(UInt64(distanceCount - 1), 5)
            output.put(UInt64(lengthCount - 4), 4)
            for symbol in Self.order.prefix(lengthCount) { output.put(UInt64(lengths[symbol]), 3) }
            let codes = HuffmanLengths.codes(lengths)
            for run in runs {
                output.put(UInt64(codes[run.symbol]), UInt64(lengths[run.symbol]))
                output.put(run.extra, UInt64(Self.extraBits[run.symbol]))
            }
        }

        /// 16 repeats the last length 3…6 times, 17 and 18 are 3…10 and 11…138 zeroes.
        private static func runs(_ lengths: [UInt8]) -> [(symbol: Int, extra: UInt64)] {
            var runs: [(symbol: Int, extra: UInt64)] = []
            var at = 0
            while at < lengths.count {
                let length = lengths[at]
                var count = 1
                while at + count < lengths.count && lengths[at + count] == length { count += 1 }
                at += count
                if length == 0 {
                    while count >= 11 {
                        let taken = min(count, 138)
                        runs.append((18, UInt64(taken - 11)))
                        count -= taken
                    }
                    if count >= 3 {
                        runs.append((17, UInt64(count - 3)))
                        count = 0
                    }
                } else {
                    runs.append((Int(length), 0))
                    count -= 1
                    while count >= 3 {
                        let taken = min(count, 6)
                        runs.append((16, UInt64(taken - 3)))
                        count -= taken
                    }
                }
                for _ in 0..<count { runs.append((Int(length), 0)) }
            }
            return runs
        }
    }
}
