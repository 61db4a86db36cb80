/// One answer for each of the 256 bytes: a load where a chain of comparisons would branch.
struct ByteTable: ~Copyable {
    private let entries: UnsafeMutablePointer<Bool>

    init(_ answer: (UInt8) -> Bool) {
        entries = .allocate(capacity: 256)
        for byte in 0..<256 { (entries + byte).initialize(to: answer(UInt8(byte))) }
    }

    deinit { entries.deallocate() }

    @inline(__always)
    subscript(byte: UInt8) -> Bool { entries[Int(byte)] }
}
