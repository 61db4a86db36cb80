/// The Huffman codes of one block and their encoding in the block's header (RFC 1951, 3.2.7).
struct BlockCode: ~Copyable {
    /// Some bits and how many.
    struct Word {
        var bits: UInt64
        var count: UInt64
    }

    /// The bits of the block with these codes, header included.
    let bits: Int
    private let literalsAndLengths: UnsafeMutablePointer<Word>
    /// For each length less three: its symbol and its extra bits.
    private let lengths: UnsafeMutablePointer<Word>
    private let distances: UnsafeMutablePointer<Word>
    private let header: Header

    /// Longest codes, of the two alphabets and of the one in which their lengths are told.
    private static let limit = 15
    private static let headerLimit = 7

    init(_ literalFrequencies: UnsafeBufferPointer<UInt32>, _ distanceFrequencies: UnsafeBufferPointer<UInt32>) {
        var literalLengths = [UInt8](repeating: 0, count: literalFrequencies.count)
        HuffmanLengths.find(literalFrequencies, limit: Self.limit, into: &literalLengths)
        var distanceLengths = [UInt8](repeating: 0, count: distanceFrequencies.count)
        HuffmanLengths.find(distanceFrequencies, limit: Self.limit, into: &distanceLengths)
        // A code of one word is incomplete and an empty code is a special case; every reader knows codes of two words.
        Self.makeComplete(&literalLengths)
        Self.makeComplete(&distanceLengths)
        header = Header(literalLengths, distanceLengths)

        let literalCodes = HuffmanLengths.codes(literalLengths)
        literalsAndLengths = .allocate(capacity: literalLengths.count)
        var bits = header.bits
        for symbol in literalLengths.indices {
            (literalsAndLengths + symbol).initialize(
                to: Word(bits: UInt64(literalCodes[symbol]), count: UInt64(literalLengths[symbol])))
            let extra = symbol > DeflateSymbols.endOfBlock ? DeflateSymbols.extraBits(ofLengthSymbol: symbol) : 0
            bits += Int(literalFrequencies[symbol]) * (Int(literalLengths[symbol]) + extra)
        }
        let distanceCodes = HuffmanLengths.codes(distanceLengths)
        distances = .allocate(capacity: distanceLengths.count)
        for symbol in distanceLengths.indices {
            (distances + symbol).initialize(
                to: Word(bits: UInt64(distanceCodes[symbol]), count: UInt64(distanceLengths[symbol])))
            bits +=
                Int(distanceFrequencies[symbol])
                * (Int(distanceLengths[symbol]) + DeflateSymbols.extraBits(ofDistanceSymbol: symbol))
        }
        lengths = .allocate(capacity: 256)
        for (length, symbol) in DeflateSymbols.lengthSymbols.enumerated() {
            var word = literalsAndLengths[Int(symbol)]
            let extra = DeflateSymbols.extraBits(ofLengthSymbol: Int(symbol))
            word.bits |= UInt64(length & (1 << extra - 1)) << word.count
            word.count += UInt64(extra)
            (lengths + length).initialize(to: word)
        }
        self.bits = bits
    }

    deinit {
        literalsAndLengths.deallocate()
        lengths.deallocate()
        distances.deallocate()
    }

    @inline(__always)
    func literal(_ symbol: Int) -> Word { literalsAndLengths[symbol] }
    @inline(__always)
    func length(_ lessThree: Int) -> Word { lengths[lessThree] }
    @inline(__always)
    func distance(_ symbol: Int) -> Word { distances[symbol] }

    func writeHeader(isLast: Bool, to output: inout BitWriter) { header.write(isLast: isLast, to: &output) }

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
