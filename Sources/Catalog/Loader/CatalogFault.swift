/// Something wrong with a catalog, and where it is written.
package struct CatalogFault: Equatable, Sendable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        /// The report cannot be used.
        case error
        /// The report works as far as can be known; the user should look at it.
        case warning
    }

    package let severity: Severity
    package let file: String
    package let position: Position
    /// The error, the value that has it, and the values that are allowed.
    package let message: String

    package init(severity: Severity = .error, file: String, position: Position, message: String) {
        self.severity = severity
        self.file = file
        self.position = position
        self.message = message
    }

    /// In the form compilers use, which editors can jump from: `file:line:column: error: message`.
    package var description: String {
        "\(file):\(position.line):\(position.column): \(severity.rawValue): \(message)"
    }
}
