/// Finds the fields of a row in COPY's text format, in one pass over the row and eight bytes at a time.
///
///     55 41 09 4e 31 34 32 32 38 09 5c 4e 0a        UA ⇥ N14228 ⇥ \N ⏎
///           ↑                    ↑  ↑     ↑
///           end of field 0       1  │     end of field 2, which is not plain: it holds an attention byte
///
/// A field is *plain* when no attention byte occurs in it. The encoder chooses these: all bytes that it does not copy
/// as they are. The backslash always is one. Nearly every field is plain, and a plain field can be copied whole.
struct CopyRowSplitter<Attention: CopyAttention>: ~Copyable {
    let columnCount: Int
    /// For each field: the offset of its end, shifted left by one, and in the lowest bit whether it needs attention.
    private let ends: UnsafeMutablePointer<Int>
    private let attention: Attention
    /// Every byte of the row, or-ed together eight abreast: says whether there is one above ASCII.
    private var union: UInt64 = 0
    private var row: UnsafePointer<UInt8>
    /// One past the last byte of the row, its newline left out.
    private(set) var rowEnd: UnsafePointer<UInt8>

    init(columnCount: Int, attention: Attention) {
        self.columnCount = columnCount
        self.attention = attention
        ends = .allocate(capacity: max(columnCount, 1))
        ends.initialize(repeating: 0, count: max(columnCount, 1))
        row = UnsafePointer(UnsafeRawPointer(ends).assumingMemoryBound(to: UInt8.self))
        rowEnd = row
    }

    deinit { ends.deallocate() }

    /// Whether the row last split is ASCII throughout.
    var isASCII: Bool { union & 0x8080_8080_8080_8080 == 0 }

    /// Field `index` of the row last split; it points into that row's bytes and dies with them.
    @inline(__always)
    func field(_ index: Int) -> CopyField {
        let start = index == 0 ? 0 : (ends[index - 1] >> 1) + 1
        let end = ends[index]
        return CopyField(start: row + start, count: (end >> 1) - start, isPlain: end & 1 == 0)
    }

    /// Splits `line`, with or without its newline. Never reads past its end.
    /// - Throws: `CopyTextError` for a row of another number of fields.
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
        union = 0
        while offset < length {
            note(stops(at: offset, length: length), at: offset, found: &found, mark: &mark)
            offset += 8
        }
        if found < columnCount { ends[found] = (length << 1) | mark }
        found += 1
        guard found == columnCount else { throw .fieldCount(expected: columnCount, found: found) }
    }

    /// Which of the eight bytes at `offset` are a TAB or an attention byte: the highest bit of each such byte is set.
    /// The bytes after the row's end count as zeroes; a stop among them is left out.
    @inline(__always)
    private mutating func stops(at offset: Int, length: Int) -> UInt64 {
        let word = load(at: offset, length: length)
        union |= word
        let stops = ~attention.unnoticed(word) & 0x8080_8080_8080_8080
        let left = length - offset
        return left >= 8 ? stops : stops & ((1 << UInt64(truncatingIfNeeded: left * 8)) &- 1)
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
}
