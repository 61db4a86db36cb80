/// One thing wrong with a request's body.
package struct RequestFault: Equatable, Sendable {
    /// The names that lead to it: `["dateRange", "from"]`; `["body"]` for the whole.
    package let path: [String]
    /// Safe to show: the client's text comes back shortened and without control characters.
    private let text: String
    /// Whether the message begins with the field's dotted name, which `text` then goes on after.
    private let namesField: Bool

    /// - Parameter field: the dotted way to it: `format`, `dateRange.from`, `relationFields.driver_id`.
    package init(field: String, message: String) {
        self.init(path: Self.path(field), text: message, namesField: false)
    }

    /// - Parameter rest: goes on after the field's dotted name.
    init(path: [String], that rest: String) {
        self.init(path: path, text: rest, namesField: true)
    }

    init(path: [String], message: String) {
        self.init(path: path, text: message, namesField: false)
    }

    private init(path: [String], text: String, namesField: Bool) {
        self.path = path
        self.text = text
        self.namesField = namesField
    }

    package var field: String { path.joined(separator: ".") }

    package var message: String { namesField ? "\(field) \(text)" : text }

    /// The same fault at another path.
    func moved(to path: [String]) -> RequestFault { RequestFault(path: path, text: text, namesField: namesField) }

    /// The names of a dotted way.
    static func path(_ dotted: String) -> [String] {
        dotted.isEmpty ? [] : dotted.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    package static func == (left: RequestFault, right: RequestFault) -> Bool {
        left.field == right.field && left.message == right.message
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
