import CSystem

/// What INT, TERM and HUP do to a command that writes a file.
package enum EndingSignals {
    /// - Parameter path: of the file that they remove before they end this process, in place of the one before; nil for
    ///   none.
    /// - Throws: `PosixError` when a signal's handling cannot be changed.
    package static func remove(_ path: String?) throws(PosixError) {
        let number = penstock_remove_when_ended(path)
        if number != 0 { throw PosixError("sigaction", errorNumber: number, subject: path) }
    }
}
