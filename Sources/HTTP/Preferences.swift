import Coding

/// A client's preferences on how its request is handled (`Prefer`, RFC 7240). An unknown or malformed preference is
/// ignored, and of one that comes twice the first counts (section 2).
package struct Preferences: Equatable, Sendable {
    /// Whether an answer that only says "accepted" is welcome.
    package private(set) var respondsAsync = false
    /// How many seconds the client would wait for the work to be done.
    package private(set) var wait: Int?

    /// Reads all occurrences of the header as one list.
    package init(_ values: [String]) {
        for element in values.flatMap({ $0.splitOutsideQuotes(",") }) {
            // Parameters of a preference follow a semicolon; the known ones have no parameters.
            let preference = element.splitOutsideQuotes(";")[0].trimmedOWS
            let parts = preference.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts.first ?? "").trimmedOWS.lowercasedASCII
            let value = parts.count > 1 ? String(parts[1]).trimmedOWS : ""
            switch name {
            case "respond-async" where value.isEmpty: respondsAsync = true
            case "wait" where wait == nil: wait = Int(decimalDigits: Self.unquoted(value))
            default: break
            }
        }
    }

    private static func unquoted(_ value: String) -> String {
        value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            ? String(value.dropFirst().dropLast()) : value
    }
}
