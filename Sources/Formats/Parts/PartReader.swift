import Deflate

/// Takes a part's stream apart again. Its bytes come in stretches of any length.
struct PartReader: ~Copyable {
    enum Event {
        case plain(UnsafeRawBufferPointer)
        case packed(UnsafeRawBufferPointer)
        case strings(UnsafeRawBufferPointer, count: Int)
        case stretchEnd(firstRow: Int, rows: Int, CRC32)
        case partEnd(CellCounters)
    }

    /// The header that is coming in, or the one whose bytes are.
    private var header = OutputBuffer(capacity: PartFrame.headerBytes)
    private var frame: PartFrame?
    private var bytesLeft = 0
    /// Bytes of a frame that are handed on when they are all there.
    private var held = OutputBuffer(capacity: 1024)
    /// Whether the last part has ended and no other has begun.
    private(set) var isBetweenParts = true

    /// More than any frame has whose bytes are held: a chunk's texts, all of them escaped, are the most.
    private static let mostHeldBytes = 1 << 20

    mutating func read(_ bytes: UnsafeRawBufferPointer, _ take: (Event) throws -> Void) throws {
        var at = 0
        while at < bytes.count {
            if bytesLeft > 0 {
                let count = min(bytesLeft, bytes.count - at)
                let stretch = UnsafeRawBufferPointer(rebasing: bytes[at..<at + count])
                at += count
                bytesLeft -= count
                try takeBytes(stretch, take)
                continue
            }
            let count = min(PartFrame.headerBytes - header.count, bytes.count - at)
            header.append(UnsafeRawBufferPointer(rebasing: bytes[at..<at + count]))
            at += count
            isBetweenParts = false
            guard header.count == PartFrame.headerBytes else { return }
            frame = header.withUnsafeBytes { PartFrame($0) }
            header.removeAll()
            try open(take)
        }
    }

    private mutating func open(_ take: (Event) throws -> Void) throws {
        switch frame {
        case .plain(let count), .packed(let count): bytesLeft = count
        case .strings(let count, _), .partEnd(let count):
            guard (1...Self.mostHeldBytes).contains(count) else { throw PartError.notAPart }
            bytesLeft = count
            held.removeAll()
        case .stretchEnd(let firstRow, let rows, let checksum):
            try take(.stretchEnd(firstRow: firstRow, rows: rows, checksum))
        case nil: throw PartError.notAPart
        }
    }

    private mutating func takeBytes(_ bytes: UnsafeRawBufferPointer, _ take: (Event) throws -> Void) throws {
        switch frame {
        case .packed: return try take(.packed(bytes))
        case .plain: return try take(.plain(bytes))
        default: held.append(bytes)
        }
        guard bytesLeft == 0 else { return }
        if case .strings(_, let count) = frame {
            try held.withUnsafeBytes { try take(.strings($0, count: count)) }
        } else {
            guard let counters = held.withUnsafeBytes({ PartFrame.counters($0) }) else { throw PartError.notAPart }
            isBetweenParts = true
            try take(.partEnd(counters))
        }
    }
}
