import Deflate

/// Takes a part's stream apart again, whatever the stretches in which its bytes come.
struct PartReader: ~Copyable {
    enum Event {
        case plain(UnsafeRawBufferPointer)
        case packed(UnsafeRawBufferPointer)
        case stretchEnd(firstRow: Int, rows: Int, CRC32)
        case partEnd(SheetCounters)
    }

    /// The header that is coming in, or the one whose bytes are.
    private var header = OutputBuffer(capacity: PartFrame.headerBytes)
    private var frame: PartFrame?
    private var bytesLeft = 0
    /// Whether the last part has ended and no other has begun.
    private(set) var isBetweenParts = true

    mutating func read(_ bytes: UnsafeRawBufferPointer, _ take: (Event) throws -> Void) throws {
        var at = 0
        while at < bytes.count {
            if bytesLeft > 0 {
                let count = min(bytesLeft, bytes.count - at)
                let stretch = UnsafeRawBufferPointer(rebasing: bytes[at..<at + count])
                at += count
                bytesLeft -= count
                if case .packed = frame { try take(.packed(stretch)) } else { try take(.plain(stretch)) }
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
        case .stretchEnd(let firstRow, let rows, let checksum):
            try take(.stretchEnd(firstRow: firstRow, rows: rows, checksum))
        case .partEnd(let counters):
            isBetweenParts = true
            try take(.partEnd(counters))
        case nil: throw XLSXError.notAPart
        }
    }
}
