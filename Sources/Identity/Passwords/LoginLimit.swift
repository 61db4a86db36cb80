/// Counts wrong passwords, by the name that was tried from a network and by the address that tried it.
package protocol LoginLimit {
    /// Seconds until either may try again; nil when both may now.
    func pause(name: String, address: String) -> Int?
    /// A password was wrong.
    func recordFailure(name: String, address: String)
}
