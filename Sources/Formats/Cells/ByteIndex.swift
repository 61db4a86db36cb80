import Glibc

/// A set of byte strings that are numbered in their order and looked up many times. It is made once and never changes,
/// so that forked children inherit it as it is.
struct ByteIndex: ~Copyable {
    /// The strings' bytes, end to end.
    private let bytes: UnsafeMutablePointer<UInt8>
    private let entries: UnsafeMutablePointer<Entry>
    /// Numbers of entries by hash, -1 in an empty slot. Their count is a power of two, and at most half of them are
    /// full.
    private let slots: UnsafeMutablePointer<Int32>
    private let slotCount: Int
    let count: Int

    private struct Entry {
        let offset: Int
        let count: Int
        let hash: UInt64
    }

    /// - Parameter strings: no two of them equal.
    init(_ strings: [[UInt8]]) {
        count = strings.count
        bytes = .allocate(capacity: max(strings.reduce(0) { $0 + $1.count }, 1))
        entries = .allocate(capacity: max(strings.count, 1))
        var size = 16
        while size < strings.count * 2 { size *= 2 }
        slotCount = size
        slots = .allocate(capacity: size)
        slots.initialize(repeating: -1, count: size)

        var offset = 0
        for (number, string) in strings.enumerated() {
            (bytes + offset).update(from: string, count: string.count)
            let hash = Self.hash(bytes + offset, count: string.count)
            (entries + number).initialize(to: Entry(offset: offset, count: string.count, hash: hash))
            var slot = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(number)
            offset += string.count
        }
    }

    deinit {
        bytes.deallocate()
        entries.deallocate()
        slots.deallocate()
    }

    /// The number of a string; nil when it is not in the set.
    @inline(__always)
    func number(of string: UnsafePointer<UInt8>, count: Int) -> Int? {
        let hash = Self.hash(string, count: count)
        var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            let entry = entries[number]
            if entry.hash == hash && entry.count == count && memcmp(bytes + entry.offset, string, count) == 0 {
                return number
            }
            slot = (slot + 1) & (slotCount - 1)
        }
        return nil
    }

    /// Eight bytes a round: multiply and fold, as wyhash does; enough to tell labels apart.
    @inline(__always)
    static func hash(_ bytes: UnsafePointer<UInt8>, count: Int) -> UInt64 {
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
