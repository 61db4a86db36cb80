import Glibc
import Synchronization

/// A fixed number of 64-bit counters in memory that forked processes share.
///
/// Made before a fork; parent and child then see each other's stores. Each counter is one atomic word, so a reader
/// never sees half a value, and a child that is killed leaves nothing locked. A process that sees a store sees those
/// that came before it.
package struct SharedCounters: ~Copyable {
    private let words: UnsafeMutablePointer<Atomic<Int64>>
    package let count: Int

    package init(count: Int) throws(PosixError) {
        let bytes = count * MemoryLayout<Atomic<Int64>>.stride
        guard
            let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { throw PosixError("mmap") }
        words = memory.bindMemory(to: Atomic<Int64>.self, capacity: count)
        for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
        self.count = count
    }

    deinit {
        munmap(words, count * MemoryLayout<Atomic<Int64>>.stride)
    }

    package subscript(index: Int) -> Int64 {
        get { words[index].load(ordering: .acquiring) }
        nonmutating set { words[index].store(newValue, ordering: .releasing) }
    }

    package func add(_ value: Int64, at index: Int) { words[index].wrappingAdd(value, ordering: .relaxed) }

    /// Stores `value` where `expected` is still there.
    /// - Returns: whether it was.
    package func exchange(_ index: Int, expecting expected: Int64, for value: Int64) -> Bool {
        words[index].compareExchange(expected: expected, desired: value, ordering: .relaxed).exchanged
    }
}
