import Posix

/// Holds a request back until its job is over. A responder that waits answers no other client, so only some may wait at
/// once; the process that runs the responders counts them, and says whether one more may wait and until when.
package struct WaitingRoom {
    /// Whether there is room; the caller has it then until `leave`.
    let enter: () -> Bool
    let leave: () -> Void
    /// False once the service is about to end.
    let mayStay: () -> Bool

    package init(enter: @escaping () -> Bool, leave: @escaping () -> Void, mayStay: @escaping () -> Bool) {
        self.enter = enter
        self.leave = leave
        self.mayStay = mayStay
    }

    /// The longest wait that is given, in seconds.
    static let longest = 30
    /// Between two looks; short at first, because most exports that anyone waits for are small.
    private static let looks: ClosedRange<Int64> = 5...100

    /// Calls `look` again and again until it gives a value, the time is over or the service ends.
    /// - Returns: nil when there was no room, too.
    func wait<Value>(seconds: Int, _ look: () throws -> Value?) rethrows -> Value? {
        guard seconds > 0, enter() else { return nil }
        defer { leave() }
        let end = Clock.monotonicMilliseconds + Int64(seconds) * 1000
        var pause = Self.looks.lowerBound
        while true {
            if let value = try look() { return value }
            let left = end - Clock.monotonicMilliseconds
            guard left > 0, mayStay() else { return nil }
            _ = try? waitReadable([], milliseconds: min(pause, left))
            pause = min(pause * 2, Self.looks.upperBound)
        }
    }
}
