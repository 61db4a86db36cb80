/// The bytes among which a search looks: some that may be referred to, then those that are looked for.
struct MatchWindow {
    let bytes: UnsafeMutablePointer<UInt8>
    /// How far the window has moved since the beginning of the piece.
    let moved: Int

    /// A place as the tables note it: counted from the piece's beginning, plus one; it begins anew after 4 GiB.
    @inline(__always)
    func place(_ at: Int) -> UInt32 { UInt32(truncatingIfNeeded: at &+ moved &+ 1) }

    /// A place as `MatchHints` counts it, among these bytes; one that was before them is negative.
    @inline(__always)
    func index(_ place: UInt32) -> Int {
        Int(Int32(bitPattern: place &- UInt32(truncatingIfNeeded: moved)))
    }

    /// The farthest distance from a place. A slot of a table may hold any value, also a place of 4 GiB ago: a distance
    /// within this limit counts when the bytes agree.
    @inline(__always)
    func limit(_ at: Int) -> UInt32 { UInt32(truncatingIfNeeded: min(at, DeflateSymbols.window)) }

    @inline(__always)
    static func word(_ at: UnsafeRawPointer) -> UInt64 { at.loadUnaligned(as: UInt64.self).littleEndian }

    /// The slot, of `1 << bits`, in which a word is noted.
    @inline(__always)
    static func slot(_ word: UInt64, bits: UInt64) -> Int {
        Int(truncatingIfNeeded: (word &* 0x9E37_79B1_7F4A_7C15) >> (64 &- bits))
    }

    /// How many bytes, at most `limit`, are alike in two places that share their first `known`.
    @inline(__always)
    static func alike(_ here: UnsafeRawPointer, _ there: UnsafeRawPointer, from known: Int, limit: Int) -> Int {
        var length = known
        while length < limit {
            let difference =
                (here + length).loadUnaligned(as: UInt64.self) ^ (there + length).loadUnaligned(as: UInt64.self)
            if difference != 0 {
                return min(limit, length &+ difference.littleEndian.trailingZeroBitCount >> 3)
            }
            length &+= 8
        }
        return limit
    }
}
