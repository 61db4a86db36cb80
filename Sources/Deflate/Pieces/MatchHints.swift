/// What the writer of a piece's bytes knows about them: which of them it has written before, and how far back.
///
///     …12,30</v></c><c r="C71"><v>55</v></c><c r="D71"><v>…      a row above it stands with 70
///           └ start             └ end: a value begins
///
/// Nearly all of a worksheet's XML is such text. To compare it with the places that are named here takes a fraction of
/// a search for them. A hint is no promise: bytes that differ, and distances that lead nowhere, are searched for.
///
/// Places are counted from the piece's beginning, and begin anew after 4 GiB.
package struct MatchHints: ~Copyable {
    package struct Hint {
        /// Where the text begins and ends.
        @usableFromInline let start: UInt32
        @usableFromInline let end: UInt32
        /// How far back it stands the last time, and how far the rest of it does where that is not quite the same.
        @usableFromInline let above: UInt32
        @usableFromInline let beside: UInt32

        @inlinable
        package init(start: UInt32, end: UInt32, above: UInt32, beside: UInt32) {
            self.start = start
            self.end = end
            self.above = above
            self.beside = beside
        }
    }

    private var hints: UnsafeMutablePointer<Hint>
    private var capacity = 64
    private(set) var count = 0
    /// Bytes of the piece that were written before those in the writer's buffer.
    package private(set) var moved: UInt32 = 0

    package init() { hints = .allocate(capacity: capacity) }

    deinit { hints.deallocate() }

    /// Room for so many more; the pointer is to the first free place. Their texts are to follow each other.
    package mutating func reserve(_ more: Int) -> UnsafeMutablePointer<Hint> {
        if count + more > capacity { grow(by: more) }
        return hints + count
    }

    /// Counts hints that were written through the pointer of the last `reserve`.
    package mutating func advance(_ written: Int) {
        precondition(written <= capacity - count, "wrote past what was reserved")
        count += written
    }

    private mutating func grow(by more: Int) {
        capacity = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<Hint>.allocate(capacity: capacity)
        moved.update(from: hints, count: count)
        hints.deallocate()
        hints = moved
    }

    /// The hints' bytes were handed on.
    /// - Parameter bytes: how many.
    package mutating func removeAll(moving bytes: Int) {
        count = 0
        moved &+= UInt32(truncatingIfNeeded: bytes)
    }

    /// The next bytes begin a piece.
    package mutating func restart() {
        count = 0
        moved = 0
    }

    // MARK: The deflater's

    mutating func append(contentsOf others: borrowing MatchHints) {
        reserve(others.count).update(from: others.hints, count: others.count)
        count += others.count
    }

    mutating func removeFirst(_ used: Int) {
        hints.update(from: hints + used, count: count - used)
        count -= used
    }

    var all: UnsafeBufferPointer<Hint> { UnsafeBufferPointer(start: hints, count: count) }
}
