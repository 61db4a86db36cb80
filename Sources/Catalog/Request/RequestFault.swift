/// One thing wrong with a request's body.
package struct RequestFault: Equatable, Sendable {
    /// The dotted way to it: `format`, `dateRange.from`, `relationFields.driver_id`; `body` for the whole.
    package let field: String
    /// Safe to show: what the client sent comes back shortened and without control characters.
    package let message: String

    package init(field: String, message: String) {
        self.field = field
        self.message = message
    }

    /// A client's own text, fit to be shown back to it: at most 64 characters, control characters replaced.
    package static func shown(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(64) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: shown.append("\u{FFFD}")
            default: shown.append(scalar)
            }
        }
        return String(shown) + (text.unicodeScalars.count > 64 ? "…" : "")
    }
}
