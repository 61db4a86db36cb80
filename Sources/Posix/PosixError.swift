import Glibc

/// A system call that failed: which one, on what, and why.
///
/// `description` names the operation and the system's reason and never a path, so it may reach a client;
/// `debugDescription` has the path too and is for the log and the terminal.
package struct PosixError: Error, CustomStringConvertible, CustomDebugStringConvertible {
    /// The failed operation in the manual's name, e.g. "open".
    package let operation: StaticString
    /// `errno` right after the call.
    package let errorNumber: Int32
    /// The object of the call: a path, an address; for the log only.
    package let subject: String?

    package init(_ operation: StaticString, errorNumber: Int32 = errno, subject: String? = nil) {
        self.operation = operation
        self.errorNumber = errorNumber
        self.subject = subject
    }

    /// The system's text for the error number, e.g. "No such file or directory".
    package var reason: String {
        String(cString: strerror(errorNumber))
    }

    package var description: String { "\(operation): \(reason)" }

    package var debugDescription: String {
        subject.map { "\(operation) \($0): \(reason)" } ?? description
    }
}

/// Calls `body` until it is not interrupted by a signal, and turns -1 into an error.
///
/// The only place that reads `errno` after a call that returns an integer. close(2) is not called through it: on
/// Linux a close that was interrupted has closed the descriptor all the same.
@discardableResult
package func retryingInterrupts<Value: FixedWidthInteger & SignedInteger>(
    _ operation: StaticString, subject: @autoclosure () -> String? = nil, _ body: () -> Value
) throws(PosixError) -> Value {
    while true {
        let result = body()
        if result != -1 { return result }
        let number = errno
        if number == EINTR { continue }
        throw PosixError(operation, errorNumber: number, subject: subject())
    }
}
