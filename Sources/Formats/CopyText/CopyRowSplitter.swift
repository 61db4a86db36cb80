/// Finds the fields of a row in COPY's text format, in one pass over the row and sixteen bytes at a
/// time.
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
    /// Whether the row last split is ASCII throughout.
    private(set) var isASCII = true
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
        var mark: UInt64 = 0
        var high: UInt64 = 0
        var offset = 0
        while offset < length {
            let stops = stops(at: offset, length: length)
            high |= stops >> 32
            note(stops, at: offset, found: &found, mark: &mark)
            offset += Self.step
        }
        isASCII = high == 0
        if found < columnCount { ends[found] = (length << 1) | (mark == 0 ? 0 : 1) }
        found += 1
        guard found == columnCount else { throw .fieldCount(expected: columnCount, found: found) }
    }

    /// Bytes that are looked at together.
    private static var step: Int { 16 }

    /// What `CopyAttention` says of the bytes from `offset` on. Nothing stands for the bytes after the row's end.
    @inline(__always)
    private func stops(at offset: Int, length: Int) -> UInt64 {
        let bytes = UnsafeRawPointer(row)
        let left = length - offset
        if left >= Self.step { return attention.scan(bytes + offset) }
        let each: UInt64 = 0x0001_0001_0001
        if length >= Self.step {
            // The last sixteen, without those that were looked at before.
            let known = UInt64(truncatingIfNeeded: Self.step - left)
            return (attention.scan(bytes + (length - Self.step)) &>> known) & (each &* (0xFFFF &>> known))
        }
        var copy: (UInt64, UInt64) = (0, 0)
        return withUnsafeMutableBytes(of: &copy) { copy in
            for index in 0..<left { copy[index] = row[offset + index] }
            guard let start = copy.baseAddress else { return 0 }
            return attention.scan(start) & (each &* ((1 &<< UInt64(truncatingIfNeeded: left)) &- 1))
        }
    }

    /// Turns set bits into field ends. Past the last column ends are only counted, for the error.
    @inline(__always)
    private func note(_ stops: UInt64, at offset: Int, found: inout Int, mark: inout UInt64) {
        var tabs = stops & 0xFFFF
        var others = stops >> 16 & 0xFFFF
        while tabs != 0 {
            let place = tabs.trailingZeroBitCount
            let before = (1 &<< UInt64(truncatingIfNeeded: place)) &- 1
            mark |= others & before
            if found < columnCount { ends[found] = ((offset + place) << 1) | (mark == 0 ? 0 : 1) }
            found += 1
            mark = 0
            others &= ~before
            tabs &= tabs &- 1
        }
        mark |= others
    }
}
