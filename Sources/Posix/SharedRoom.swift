/// Lets some of several processes do at once what holds each of them up, so that the others go on with the rest.
package struct SharedRoom {
    /// Whether there is room; the caller has it then until `leave`.
    let enter: () -> Bool
    let leave: () -> Void

    package init(enter: @escaping () -> Bool, leave: @escaping () -> Void) {
        self.enter = enter
        self.leave = leave
    }

    /// - Returns: nil when there was no room, and then `body` was not called.
    package func inside<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value? {
        guard enter() else { return nil }
        defer { leave() }
        return try body()
    }
}
