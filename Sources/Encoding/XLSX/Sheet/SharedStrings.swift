import Deflate
import Glibc

/// The texts that a workbook holds once and its cells name by number. It is made before the first row and never
/// changes, so that forked children inherit the same table and number alike.
///
/// Rows are looked up as COPY sends them, escapes and all: the table keeps its texts in that form.
package final class SharedStrings {
    /// No texts.
    package static var none: SharedStrings { SharedStrings([String]()) }

    /// In the order of their numbers.
    package let texts: [String]
    /// The keys' bytes, end to end.
    private let keys: UnsafeMutablePointer<UInt8>
    private let entries: UnsafeMutablePointer<Entry>
    /// Numbers of entries by hash, -1 where there is none; a power of two, at most half full.
    private let slots: UnsafeMutablePointer<Int32>
    private let slotCount: Int

    struct Entry {
        let offset: Int
        let count: Int
        let hash: UInt64
        /// It begins like a formula and gets the style for that.
        let looksLikeFormula: Bool
    }

    /// Numbers `texts` in their order; what comes again and what no cell has room for is left out.
    package init(_ texts: some Sequence<String>) {
        var known: Set<String> = []
        let kept = texts.filter { $0.utf8.count <= SheetText.longestUnits && known.insert($0).inserted }
        self.texts = kept
        let encoded = kept.map { CopyLine.escaped($0) }
        keys = .allocate(capacity: max(encoded.reduce(0) { $0 + $1.count }, 1))
        entries = .allocate(capacity: max(kept.count, 1))
        var size = 16
        while size < kept.count * 2 { size *= 2 }
        slotCount = size
        slots = .allocate(capacity: size)
        slots.initialize(repeating: -1, count: size)

        var offset = 0
        for (number, key) in encoded.enumerated() {
            (keys + offset).update(from: key, count: key.count)
            let hash = Self.hash(keys + offset, count: key.count)
            let looksLikeFormula = Array(kept[number].utf8).withUnsafeBufferPointer { text in
                text.baseAddress.map { FormulaGuard.applies(to: $0, count: text.count) } ?? false
            }
            (entries + number).initialize(
                to: Entry(offset: offset, count: key.count, hash: hash, looksLikeFormula: looksLikeFormula))
            var slot = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(number)
            offset += key.count
        }
    }

    deinit {
        keys.deallocate()
        entries.deallocate()
        slots.deallocate()
    }

    /// The number of a field that is not NULL; nothing when its text is not in the table.
    @inline(__always)
    func number(of field: CopyField) -> Int? {
        let hash = Self.hash(field.start, count: field.count)
        var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            let entry = entries[number]
            if entry.hash == hash && entry.count == field.count
                && memcmp(keys + entry.offset, field.start, field.count) == 0
            {
                return number
            }
            slot = (slot + 1) & (slotCount - 1)
        }
        return nil
    }

    @inline(__always)
    func looksLikeFormula(_ number: Int) -> Bool { entries[number].looksLikeFormula }

    /// xl/sharedStrings.xml.
    /// - Parameter uses: how many cells name a text of the table.
    func writeXML(uses: Int, into output: inout OutputBuffer) {
        output.append(XMLText.declaration)
        output.append("<sst xmlns=\"\(XMLText.main)\" count=\"\(uses)\" uniqueCount=\"\(texts.count)\">")
        let special = SheetText.specialBytes()
        for text in texts {
            let bytes = Array(text.utf8)
            bytes.withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return output.append("<si><t></t></si>") }
                let preserving = SheetText.needsPreserving(base, count: bytes.count)
                output.append(preserving ? "<si><t xml:space=\"preserve\">" : "<si><t>")
                let start = output.reserve(bytes.count * SheetText.growth + SheetCursor.slack)
                var cursor = SheetCursor(start)
                SheetText.put(base, count: bytes.count, special: special, at: &cursor)
                output.advance(start.distance(to: cursor.position))
                output.append("</t></si>")
            }
        }
        output.append("</sst>")
    }

    /// Eight bytes a round: multiply and fold, as wyhash does; enough to tell labels apart.
    @inline(__always)
    private static func hash(_ bytes: UnsafePointer<UInt8>, count: Int) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        var at = 0
        while at + 8 <= count {
            let word = UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self)
            hash = (hash ^ word) &* 0xBF58_476D_1CE4_E5B9
            hash ^= hash >> 32
            at += 8
        }
        var tail: UInt64 = 0
        if at < count && count >= 8 {
            // Some bytes a second time, which is cheaper than one by one.
            tail = UnsafeRawPointer(bytes + (count - 8)).loadUnaligned(as: UInt64.self)
        } else {
            while at < count {
                tail = (tail << 8) | UInt64(bytes[at])
                at += 1
            }
        }
        hash = (hash ^ tail) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 29)
    }
}
