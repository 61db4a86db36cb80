/// Something in an nginx configuration that keeps Penstock from working, or a promise of the snippet from holding.
package struct SnippetFault: Sendable, CustomStringConvertible {
    package enum Severity: Sendable { case error, warning }

    package let severity: Severity
    package let place: Place
    package let message: String

    package var description: String { "\(place): \(message)" }
}
