/// Bits on their way into bytes, the first in the lowest place (RFC 1951, 3.1.1), in room that was reserved for the
/// worst case and `slack` bytes more.
struct BitWriter {
    /// Stores touch up to this many bytes behind the written ones.
    static let slack = 8
    /// Bits that can be put at once.
    static let most: UInt64 = 56

    private(set) var position: UnsafeMutablePointer<UInt8>
    private var bits: UInt64
    private var count: UInt64

    /// - Parameter pending: the bits of a byte that was not full when another writer ended.
    init(at position: UnsafeMutablePointer<UInt8>, pending: Pending = Pending()) {
        self.position = position
        bits = pending.bits
        count = pending.count
    }

    /// Fewer than eight bits.
    struct Pending {
        var bits: UInt64 = 0
        var count: UInt64 = 0
    }

    var pending: Pending { Pending(bits: bits, count: count) }

    /// Appends the lowest `length` bits of `value`, at most `most`; the others are zero.
    @inline(__always)
    mutating func put(_ value: UInt64, _ length: UInt64) {
        bits |= value &<< count
        count &+= length
        UnsafeMutableRawPointer(position).storeBytes(of: bits.littleEndian, as: UInt64.self)
        let whole = count >> 3
        position += Int(truncatingIfNeeded: whole)
        bits &>>= whole &<< 3
        count &= 7
    }

    /// Fills the last byte with zeroes.
    mutating func alignToByte() {
        if count > 0 { put(0, 8 &- count) }
    }

    /// Appends bytes; the last one before them is full.
    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        UnsafeMutableRawPointer(position).copyMemory(from: base, byteCount: bytes.count)
        position += bytes.count
    }
}
