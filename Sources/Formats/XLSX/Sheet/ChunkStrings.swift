import Deflate
import Glibc

/// The texts of one chunk's rows that cells name by number without being in a table made beforehand: those with white
/// space at an edge, which some readers lose or trim where they stand inline.
///
/// The process that writes a chunk numbers them without other chunks: each chunk has so many places of its own in the
/// workbook's shared strings (`SharedStringStream`). The bounds keep those flat; a text without a place stays inline.
struct ChunkStrings: ~Copyable {
    /// Places of a chunk, and how many bytes of text they hold together.
    static let places = 128
    static let mostBytes = 8192
    /// The chunks of a table that have places, 4 million rows: at most 4 MiB of text, which is kept compressed.
    static let chunks = 512

    /// `<si>` elements of the texts so far.
    private(set) var xml = OutputBuffer(capacity: 1024)
    private(set) var count = 0
    /// The number of the first one; nil where there are no places.
    private var first: Int?
    /// The texts' bytes end to end, where each ends, and their hashes.
    private var texts = OutputBuffer(capacity: 1024)
    private var ends: [Int] = []
    private var hashes: [UInt64] = []

    /// Forgets the chunk before.
    /// - Parameter first: the number of the new chunk's first place; nil when it has no places.
    mutating func begin(at first: Int?) {
        self.first = first
        guard count > 0 else { return }
        count = 0
        xml.removeAll()
        texts.removeAll()
        ends.removeAll(keepingCapacity: true)
        hashes.removeAll(keepingCapacity: true)
    }

    /// The number of a text, old or new; nil when there is no place for it.
    mutating func number(
        of text: UnsafePointer<UInt8>, count length: Int, special: borrowing ByteTable
    ) -> Int? {
        guard let first else { return nil }
        let hash = ByteIndex.hash(text, count: length)
        for index in 0..<count where hashes[index] == hash && holds(text, length, at: index) { return first + index }
        guard count < Self.places, texts.count + length <= Self.mostBytes else { return nil }
        xml.append("<si>")
        SheetText.writeElement(text, count: length, special: special, into: &xml)
        xml.append("</si>")
        texts.append(UnsafeRawBufferPointer(start: text, count: length))
        ends.append(texts.count)
        hashes.append(hash)
        count += 1
        return first + count - 1
    }

    private func holds(_ text: UnsafePointer<UInt8>, _ length: Int, at index: Int) -> Bool {
        let start = index == 0 ? 0 : ends[index - 1]
        guard ends[index] - start == length else { return false }
        return texts.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memcmp($0 + start, text, length) == 0 } ?? false
        }
    }
}
