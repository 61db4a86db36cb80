import Postgres

/// The keys of a list that the database's encoding cannot hold (`Connection+encoding`): they equal no value of it, so
/// they stay outside of the table that holds the others, and are counted here.
struct ForeignKeys {
    /// The characters that they are known by; empty where the database can hold every key of the list.
    private let scalars: Set<UInt32>
    /// Keys so far, repeated ones too.
    private(set) var count: Int64 = 0
    /// The first different ones.
    private(set) var first: [FilterKeys.Unmatched] = []
    /// Hashes of the different ones: a list may have a million.
    private var seen: Set<Int> = []
    private var partial: [UInt8] = []

    /// Reads the list for its characters, where the database may lack some, and asks the server for those.
    init(among list: FilterKeys.Stored, _ connection: Connection) throws {
        guard connection.hasForeignText else {
            scalars = []
            return
        }
        var met: Set<UInt32> = []
        var decoder = ScalarReader()
        try list.chunks { chunk in decoder.read(chunk) { met.insert($0) } }
        scalars = try connection.foreign(among: met)
    }

    var isEmpty: Bool { scalars.isEmpty }
    var distinct: Int64 { Int64(seen.count) }

    /// Takes the next bytes of the list.
    /// - Parameter keep: is given the lines of the other keys.
    mutating func sift(
        _ chunk: UnsafeRawBufferPointer, keep: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        partial += chunk
        guard let end = partial.lastIndex(of: UInt8(ascii: "\n")) else { return }
        var kept: [UInt8] = []
        for line in partial[...end].split(separator: UInt8(ascii: "\n")) where !take(line) {
            kept += line
            kept.append(UInt8(ascii: "\n"))
        }
        partial.removeFirst(end + 1)
        if !kept.isEmpty { try kept.withUnsafeBytes { try keep($0) } }
    }

    /// - Returns: false for a line whose key the database can hold.
    private mutating func take(_ line: ArraySlice<UInt8>) -> Bool {
        let fields = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1)
        let key = String(decoding: fields.first ?? [], as: UTF8.self)
        guard key.unicodeScalars.contains(where: { scalars.contains($0.value) }) else { return false }
        count += 1
        if seen.insert(key.hashValue).inserted, first.count < FilterKeys.namedKeys {
            let number = fields.count > 1 ? Int(String(decoding: fields[fields.startIndex + 1], as: UTF8.self)) : nil
            first.append(FilterKeys.Unmatched(key: key.replacing(#"\\"#, with: #"\"#), line: number))
        }
        return true
    }
}

/// The code points beyond ASCII of UTF-8 that comes in pieces.
private struct ScalarReader {
    private var scalar: UInt32 = 0
    private var missing = 0

    mutating func read(_ bytes: UnsafeRawBufferPointer, met: (UInt32) -> Void) {
        for byte in bytes where byte >= 0x80 {
            if byte >= 0xC0 {
                missing = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1
                scalar = UInt32(byte) & (0x3F >> UInt32(missing))
            } else if missing > 0 {
                scalar = scalar << 6 | UInt32(byte & 0x3F)
                missing -= 1
                if missing == 0 { met(scalar) }
            }
        }
    }
}
