/// The tokens of some bytes before they are written as one block: literal bytes, references to earlier bytes, and the
/// frequency of each symbol.
struct TokenBlock: ~Copyable {
    /// A byte, or `isMatch`, the length less three in bits 16…23 and the distance less one in bits 0…15.
    private let tokens: UnsafeMutablePointer<UInt32>
    private let literalsAndLengths: UnsafeMutablePointer<UInt32>
    private let distances: UnsafeMutablePointer<UInt32>
    private let lengthSymbols: UnsafeMutablePointer<UInt16>
    private(set) var count = 0

    /// Enough for a code to pay for its description, few enough for the tokens to stay in the cache.
    static let capacity = 1 << 18
    private static let isMatch: UInt32 = 1 << 31

    init() {
        tokens = .allocate(capacity: Self.capacity)
        literalsAndLengths = .allocate(capacity: DeflateSymbols.literalsAndLengths)
        distances = .allocate(capacity: DeflateSymbols.distances)
        lengthSymbols = .allocate(capacity: 256)
        for (length, symbol) in DeflateSymbols.lengthSymbols.enumerated() {
            (lengthSymbols + length).initialize(to: symbol)
        }
        removeAll()
    }

    deinit {
        tokens.deallocate()
        literalsAndLengths.deallocate()
        distances.deallocate()
        lengthSymbols.deallocate()
    }

    /// How many more fit.
    var room: Int { Self.capacity - count }

    /// Appends tokens, at most `room` of them; `end` makes them the block's. Apart, so that the loop that finds them
    /// can keep all of it in registers.
    struct Appender {
        fileprivate var next: UnsafeMutablePointer<UInt32>
        fileprivate let literalsAndLengths: UnsafeMutablePointer<UInt32>
        fileprivate let distances: UnsafeMutablePointer<UInt32>
        fileprivate let lengthSymbols: UnsafeMutablePointer<UInt16>

        @inline(__always)
        mutating func append(literal: UInt8) {
            next.pointee = UInt32(literal)
            next += 1
            literalsAndLengths[Int(literal)] &+= 1
        }

        @inline(__always)
        mutating func append(length: Int, distance: Int) {
            let short = UInt32(truncatingIfNeeded: length &- 3)
            let near = UInt32(truncatingIfNeeded: distance &- 1)
            next.pointee = TokenBlock.isMatch | short << 16 | near
            next += 1
            literalsAndLengths[Int(lengthSymbols[Int(short)])] &+= 1
            distances[DeflateSymbols.distance(near).symbol] &+= 1
        }
    }

    var appender: Appender {
        Appender(
            next: tokens + count, literalsAndLengths: literalsAndLengths, distances: distances,
            lengthSymbols: lengthSymbols)
    }

    mutating func end(_ appender: Appender) { count = tokens.distance(to: appender.next) }

    mutating func removeAll() {
        count = 0
        literalsAndLengths.initialize(repeating: 0, count: DeflateSymbols.literalsAndLengths)
        distances.initialize(repeating: 0, count: DeflateSymbols.distances)
    }

    /// Writes the block with a code of its own, or `bytes`, which it stands for, as they are where that is shorter.
    /// - Parameter output: has room for `room(forBytes:)`.
    mutating func write(_ bytes: UnsafeRawBufferPointer, isLast: Bool, to output: inout BitWriter) {
        literalsAndLengths[DeflateSymbols.endOfBlock] = 1
        let code = BlockCode(
            UnsafeBufferPointer(start: literalsAndLengths, count: DeflateSymbols.literalsAndLengths),
            UnsafeBufferPointer(start: distances, count: DeflateSymbols.distances))
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
        for index in 0..<count {
            let token = tokens[index]
            if token < Self.isMatch {
                let literal = code.literal(Int(token))
                writer.put(literal.bits, literal.count)
            } else {
                let length = code.length(Int(token >> 16 & 0xFF))
                let near = token & 0xFFFF
                let distance = DeflateSymbols.distance(near)
                let word = code.distance(distance.symbol)
                let extra = UInt64(near) & (1 << distance.extra &- 1)
                writer.put(
                    length.bits | (word.bits | extra << word.count) << length.count,
                    length.count &+ word.count &+ distance.extra)
            }
        }
        let end = code.literal(DeflateSymbols.endOfBlock)
        writer.put(end.bits, end.count)
        output = writer
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
