/// The tokens of some bytes before they are written as one block: literal bytes, references to earlier bytes, and the
/// frequency of each.
///
/// Both kinds of token have one form and are appended and written by the same steps: which of them comes next is what a
/// processor guesses wrong.
struct TokenBlock: ~Copyable {
    /// In bits 20…28 a byte, or 256 and the length less three; in bits 15…19 the distance's symbol, or `noDistance`; in
    /// bits 0…14 the distance less one.
    private let tokens: UnsafeMutablePointer<UInt32>
    private let frequencies: UnsafeMutablePointer<UInt32>
    private let distances: UnsafeMutablePointer<UInt32>
    private(set) var count = 0

    /// Enough for a code to pay for its description, few enough for the tokens to stay in the cache.
    static let capacity = 1 << 18
    /// The symbol of a token without a distance; it takes no bits.
    private static let noDistance: UInt32 = 31

    init() {
        tokens = .allocate(capacity: Self.capacity)
        frequencies = .allocate(capacity: BlockCode.bytesAndLengths)
        distances = .allocate(capacity: BlockCode.distances)
        removeAll()
    }

    deinit {
        tokens.deallocate()
        frequencies.deallocate()
        distances.deallocate()
    }

    /// How many more fit.
    var room: Int { Self.capacity - count }

    /// Appends tokens, at most `room` of them; `end` makes them the block's. Apart, so that the loop that finds them
    /// can keep all of it in registers.
    struct Appender {
        fileprivate var next: UnsafeMutablePointer<UInt32>
        fileprivate let frequencies: UnsafeMutablePointer<UInt32>
        fileprivate let distances: UnsafeMutablePointer<UInt32>

        @inline(__always)
        mutating func append(literal: UInt8) {
            next.pointee = UInt32(literal) << 20 | TokenBlock.noDistance << 15
            next += 1
            frequencies[Int(literal)] &+= 1
        }

        @inline(__always)
        mutating func append(length: Int, distance: Int) {
            let long = UInt32(truncatingIfNeeded: length &+ 253)
            let near = UInt32(truncatingIfNeeded: distance &- 1)
            let symbol = DeflateSymbols.symbol(ofDistance: near)
            next.pointee = long << 20 | symbol << 15 | near
            next += 1
            frequencies[Int(long)] &+= 1
            distances[Int(symbol)] &+= 1
        }
    }

    var appender: Appender {
        Appender(next: tokens + count, frequencies: frequencies, distances: distances)
    }

    mutating func end(_ appender: Appender) { count = tokens.distance(to: appender.next) }

    mutating func removeAll() {
        count = 0
        frequencies.initialize(repeating: 0, count: BlockCode.bytesAndLengths)
        distances.initialize(repeating: 0, count: BlockCode.distances)
    }

    /// Writes the block with a code of its own, or `bytes`, which it stands for, as they are where that is shorter.
    /// - Parameter output: has room for `room(forBytes:)`.
    mutating func write(_ bytes: UnsafeRawBufferPointer, isLast: Bool, to output: inout BitWriter) {
        let code = BlockCode(frequencies, distances)
        if code.bits > Self.storedBits(bytes.count) {
            Self.store(bytes, isLast: isLast, to: &output)
        } else {
            code.writeHeader(isLast: isLast, to: &output)
            writeTokens(code, to: &output)
        }
        removeAll()
    }

    /// Bytes that `write` may need.
    static func room(forBytes count: Int) -> Int { storedBits(count) / 8 + 16 + BitWriter.slack }

    private func writeTokens(_ code: borrowing BlockCode, to output: inout BitWriter) {
        var writer = output
        var index = 0
        // Two at a time, where a word has room for both, which it nearly always has.
        while index &+ 1 < count {
            let first = word(tokens[index], code)
            let second = word(tokens[index &+ 1], code)
            if first.count &+ second.count <= BitWriter.most {
                writer.put(first.bits | second.bits &<< first.count, first.count &+ second.count)
            } else {
                writer.put(first.bits, first.count)
                writer.put(second.bits, second.count)
            }
            index &+= 2
        }
        if index < count {
            let last = word(tokens[index], code)
            writer.put(last.bits, last.count)
        }
        code.putEnd(to: &writer)
        output = writer
    }

    @inline(__always)
    private func word(_ token: UInt32, _ code: borrowing BlockCode) -> (bits: UInt64, count: UInt64) {
        code.word(Int(token >> 20), distance: Int(token >> 15 & 31), near: UInt64(token))
    }

    // MARK: Stored

    private static let largestStored = 65_535

    /// At most; how far the last byte is filled is not known.
    private static func storedBits(_ count: Int) -> Int {
        let blocks = max(1, (count + largestStored - 1) / largestStored)
        return 8 * count + blocks * (3 + 7 + 32)
    }

    private static func store(_ bytes: UnsafeRawBufferPointer, isLast: Bool, to output: inout BitWriter) {
        var rest = bytes[...]
        repeat {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(largestStored))
            rest = rest.dropFirst(piece.count)
            output.put(isLast && rest.isEmpty ? 1 : 0, 3)
            output.alignToByte()
            output.put(UInt64(piece.count), 16)
            output.put(UInt64(~UInt16(piece.count)), 16)
            output.put(piece)
        } while !rest.isEmpty
    }
}
