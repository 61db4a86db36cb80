/// Lets some of the responders make previews at once: each waits for the data's server, and the others answer
/// meanwhile.
package struct PreviewRoom {
    /// Whether there is room; the caller has it then until `leave`.
    let enter: () -> Bool
    let leave: () -> Void

    package init(enter: @escaping () -> Bool, leave: @escaping () -> Void) {
        self.enter = enter
        self.leave = leave
    }

    /// - Returns: nil when there was no room, and then `body` was not called.
    func inside<Value>(_ body: () throws -> Value) rethrows -> Value? {
        guard enter() else { return nil }
        defer { leave() }
        return try body()
    }
}
