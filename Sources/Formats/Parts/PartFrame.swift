import Deflate

/// A piece of a part's stream of bytes. A part writes the stream to a pipe or a file; the joiner may read it while it
/// grows, in stretches of any length.
///
///     ┌ header ┬ bytes … ┐┌ header ┬ bytes … ┐┌ header: stretch ends ┐ … ┌ header: part ends ┬ counters ┐
///       48 bytes: six words of 64 bits, little-endian; the first is the kind
///
/// A stretch is rows that go into one chunk of the file (see `RowGrid`): the whole chunk, compressed by the part; or
/// less than the chunk as it is, which the joiner compresses together with the neighbours' share of it.
///
///     part 1  │ packed: chunk 0 │ packed: chunk 1 │ plain: half of chunk 2 │
///     part 2                                                               │ plain: other half │ packed: chunk 3 │ …
///     file    │ byte for byte   │ byte for byte   │ chunk 2, made when the parts are joined    │ byte for byte   │ …
enum PartFrame: Equatable {
    /// So many bytes follow that are not compressed: CSV, or of a worksheet rows as COPY sent them, which the joiner
    /// encodes.
    case plain(Int)
    /// So many bytes of the compressed chunk follow.
    case packed(Int)
    /// So many bytes follow that are `<si>` elements of texts which the chunk's cells name by number.
    case strings(Int, count: Int)
    /// The stretch is over. The checksum is of its bytes before compression.
    case stretchEnd(firstRow: Int, rows: Int, CRC32)
    /// The part is over when so many bytes have followed, which are its counters.
    case partEnd(Int)

    static let headerBytes = 48

    private var words: [UInt64] {
        switch self {
        case .plain(let count): [1, UInt64(count), 0, 0, 0, 0]
        case .packed(let count): [2, UInt64(count), 0, 0, 0, 0]
        case .stretchEnd(let firstRow, let rows, let checksum):
            [3, UInt64(firstRow), UInt64(rows), UInt64(checksum.value), UInt64(checksum.length), 0]
        case .partEnd(let count): [4, UInt64(count), 0, 0, 0, 0]
        case .strings(let bytes, let count): [5, UInt64(bytes), UInt64(count), 0, 0, 0]
        }
    }

    func write(into output: inout OutputBuffer) { Self.write(words, into: &output) }

    /// The end of a part with its counts.
    static func writeEnd(_ counters: CellCounters, into output: inout OutputBuffer) {
        let words = counters.serialized
        PartFrame.partEnd(words.count * 8).write(into: &output)
        write(words, into: &output)
    }

    private static func write(_ words: [UInt64], into output: inout OutputBuffer) {
        for word in words { Swift.withUnsafeBytes(of: word.littleEndian) { output.append($0) } }
    }

    /// - Parameter bytes: those that follow the header of a part's end.
    static func counters(_ bytes: UnsafeRawBufferPointer) -> CellCounters? {
        guard bytes.count % 8 == 0 else { return nil }
        return CellCounters(
            (0..<bytes.count / 8).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
            })
    }

    /// - Parameter header: `headerBytes` bytes. Nil when they are no header.
    init?(_ header: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> Int? {
            Int(exactly: UInt64(littleEndian: header.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
        }
        guard let kind = word(0), let a = word(1), let b = word(2), let c = word(3), let d = word(4) else { return nil }
        switch kind {
        case 1: self = .plain(a)
        case 2: self = .packed(a)
        case 3:
            guard let crc = UInt32(exactly: c) else { return nil }
            self = .stretchEnd(firstRow: a, rows: b, CRC32(value: crc, length: d))
        case 4: self = .partEnd(a)
        case 5: self = .strings(a, count: b)
        default: return nil
        }
    }
}
