import Glibc

/// Waits until one of `descriptors` is readable, or one of `writing` has room.
/// - Parameter milliseconds: the longest wait; nil waits for ever, 0 only looks.
/// - Returns: a flag a descriptor, those of `writing` last, true where it is readable, has room, is closed or broken;
///   all false after the time-out.
/// - Throws: `PosixError` when the kernel cannot wait.
package func waitReadable(
    _ descriptors: [Int32], writing: [Int32] = [], milliseconds: Int64?
) throws(PosixError) -> [Bool] {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    entries += writing.map { pollfd(fd: $0, events: Int16(POLLOUT), revents: 0) }
    let deadline = milliseconds.map { Clock.monotonicMilliseconds + $0 }
    while true {
        let wait = deadline.map { Int32(clamping: max(0, $0 - Clock.monotonicMilliseconds)) } ?? -1
        let count = poll(&entries, nfds_t(entries.count), wait)
        if count >= 0 { return entries.map { $0.revents != 0 } }
        if errno != EINTR { throw PosixError("poll") }
    }
}

/// Waits until one socket can be read, or written where `writing` says so, or the time is over. As `waitReadable`, for
/// the way of every statement: it makes no arrays.
package func waitForSocket(
    _ descriptor: Int32, writing: Bool = false, milliseconds: Int64
) throws(PosixError) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(writing ? POLLIN | POLLOUT : POLLIN), revents: 0)
    let deadline = Clock.monotonicMilliseconds + milliseconds
    while true {
        let wait = Int32(clamping: max(0, deadline - Clock.monotonicMilliseconds))
        let count = poll(&entry, 1, wait)
        if count >= 0 { return count > 0 }
        if errno != EINTR { throw PosixError("poll") }
    }
}

/// Whether a write to `descriptor` would not wait: for a pipe, whether a page is free in it. Does not wait itself.
package func isWritable(_ descriptor: Int32) throws(PosixError) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    try retryingInterrupts("poll") { poll(&entry, 1, 0) }
    return entry.revents & Int16(POLLOUT) != 0
}

/// Whether the other side of `descriptor`, or for a listening socket its owner, has ended it in both directions.
package func isHungUp(_ descriptor: Int32) throws(PosixError) -> Bool {
    var entry = pollfd(fd: descriptor, events: 0, revents: 0)
    try retryingInterrupts("poll") { poll(&entry, 1, 0) }
    return entry.revents & Int16(POLLHUP) != 0
}
