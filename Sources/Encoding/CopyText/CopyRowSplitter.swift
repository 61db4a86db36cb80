/// Finds the fields of a row in COPY's text format, in one pass over the row and eight bytes at a time.
///
///     55 41 09 4e 31 34 32 32 38 09 5c 4e 0a        UA ⇥ N14228 ⇥ \N ⏎
///           ↑                    ↑  ↑     ↑
///           end of field 0       1  │     end of field 2, which is not plain: it holds an attention byte
///
/// A field is *plain* when none of the attention bytes occurs in it. The encoder chooses them (the backslash always
/// is one): whatever it would have to treat. Nearly every field is plain, and a plain field can be copied whole.
struct CopyRowSplitter: ~Copyable {
    let columnCount: Int
    /// For each field: the offset of its end, shifted left by one, and in the lowest bit whether it needs attention.
    private let ends: UnsafeMutablePointer<Int>
    /// Each attention byte eight times over.
    private let attention: (UInt64, UInt64)
    private var row: UnsafePointer<UInt8>
    /// One past the last byte of the row, its newline left out.
    private(set) var rowEnd: UnsafePointer<UInt8>

    init(columnCount: Int, attention: (UInt8, UInt8)) {
        self.columnCount = columnCount
        self.attention = (Self.everyByte(attention.0), Self.everyByte(attention.1))
        ends = .allocate(capacity: max(columnCount, 1))
        ends.initialize(repeating: 0, count: max(columnCount, 1))
        row = UnsafePointer(UnsafeRawPointer(ends).assumingMemoryBound(to: UInt8.self))
        rowEnd = row
    }

    deinit { ends.deallocate() }

    /// Field `index` of the row last split; it points into that row's bytes and dies with them.
    @inline(__always)
    func field(_ index: Int) -> CopyField {
        let start = index == 0 ? 0 : (ends[index - 1] >> 1) + 1
        let end = ends[index]
        return CopyField(start: row + start, count: (end >> 1) - start, isPlain: end & 1 == 0)
    }

    /// Splits `line`, with or without its newline. Never reads past its end.
    mutating func split(_ line: UnsafeRawBufferPointer) throws(CopyTextError) {
        guard columnCount > 0, let base = line.baseAddress else {
            throw .fieldCount(expected: columnCount, found: 0)
        }
        var length = line.count
        if length > 0 && line[length - 1] == UInt8(ascii: "\n") { length -= 1 }
        row = base.assumingMemoryBound(to: UInt8.self)
        rowEnd = row + length

        var found = 0
        var mark = 0
        var offset = 0
        while offset < length {
            note(stops(at: offset, length: length), at: offset, found: &found, mark: &mark)
            offset += 8
        }
        if found < columnCount { ends[found] = (length << 1) | mark }
        found += 1
        guard found == columnCount else { throw .fieldCount(expected: columnCount, found: found) }
    }

    /// Which of the eight bytes at `offset` are a TAB or an attention byte: the highest bit of each such byte is set.
    ///
    /// A byte of `difference` is zero where the byte looked for stands; adding 0x7F to its low seven bits then carries
    /// into the highest bit for every other value but 0x80 and above, which have that bit themselves. Exact, no carry
    /// crosses bytes. (SIMD16 masks were tried: Swift 6.3 takes them apart lane by lane, forty times slower.)
    @inline(__always)
    private func stops(at offset: Int, length: Int) -> UInt64 {
        let word = load(at: offset, length: length)
        var others = Self.different(word, from: Self.tabs)
        others &= Self.different(word, from: Self.backslashes)
        others &= Self.different(word, from: attention.0)
        others &= Self.different(word, from: attention.1)
        return ~others & 0x8080_8080_8080_8080
    }

    @inline(__always)
    private static func different(_ word: UInt64, from pattern: UInt64) -> UInt64 {
        let difference = word ^ pattern
        return ((difference & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | difference
    }

    /// Eight bytes of the row, zeroes beyond its end.
    @inline(__always)
    private func load(at offset: Int, length: Int) -> UInt64 {
        let bytes = UnsafeRawPointer(row)
        let left = length - offset
        if left >= 8 { return UInt64(littleEndian: (bytes + offset).loadUnaligned(as: UInt64.self)) }
        if length >= 8 {
            let last = UInt64(littleEndian: (bytes + (length - 8)).loadUnaligned(as: UInt64.self))
            return last >> UInt64(truncatingIfNeeded: (8 - left) * 8)
        }
        var word: UInt64 = 0
        for index in 0..<left { word |= UInt64(row[offset + index]) << UInt64(truncatingIfNeeded: index * 8) }
        return word
    }

    /// Turns set bits into field ends. Past the last column ends are only counted, for the error.
    @inline(__always)
    private func note(_ stops: UInt64, at offset: Int, found: inout Int, mark: inout Int) {
        var stops = stops
        while stops != 0 {
            let position = offset + (stops.trailingZeroBitCount >> 3)
            stops &= stops &- 1
            if row[position] == UInt8(ascii: "\t") {
                if found < columnCount { ends[found] = (position << 1) | mark }
                found += 1
                mark = 0
            } else {
                mark = 1
            }
        }
    }

    private static let tabs: UInt64 = 0x0909_0909_0909_0909
    private static let backslashes: UInt64 = 0x5C5C_5C5C_5C5C_5C5C

    @inline(__always)
    private static func everyByte(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }
}
