import Coding

/// A media type with its parameters (RFC 9110 section 8.3.1); names in lower case, values unquoted.
package struct MediaType: Equatable, Sendable {
    package let type: String
    package let subtype: String
    package let parameters: [String: String]

    /// Nil when the text is malformed or gives a parameter twice.
    package init?(_ text: String) {
        let parts = text.splitOutsideQuotes(";").map(\.trimmedOWS)
        let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isToken) }) else { return nil }
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() where !part.isEmpty {
            guard let equals = part.firstIndex(of: "=") else { return nil }
            let name = String(part[..<equals]).lowercasedASCII
            guard !name.isEmpty, name.utf8.allSatisfy(\.isToken), parameters[name] == nil,
                let value = Self.unquoted(String(part[part.index(after: equals)...]))
            else { return nil }
            parameters[name] = value
        }
        type = String(names[0]).lowercasedASCII
        subtype = String(names[1]).lowercasedASCII
        self.parameters = parameters
    }

    /// The type of a `Content-Type` that a client may have sent more than once, joined by commas on its way. The
    /// documented curl examples do send it twice. Nil when the occurrences differ.
    init?(repeated text: String) {
        let occurrences = text.splitOutsideQuotes(",").map { MediaType($0.trimmedOWS) }
        guard let first = occurrences.first ?? nil, occurrences.allSatisfy({ $0 == first }) else { return nil }
        self = first
    }

    /// JSON in the one charset it has.
    var isJSON: Bool {
        type == "application" && subtype == "json"
            && (parameters["charset"].map { $0.lowercasedASCII == "utf-8" } ?? true)
    }

    private static func unquoted(_ text: String) -> String? {
        guard text.hasPrefix("\"") else {
            return !text.isEmpty && text.utf8.allSatisfy(\.isToken) ? text : nil
        }
        guard text.utf8.count >= 2, text.hasSuffix("\"") else { return nil }
        var value = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if character == "\\" && !isEscaped {
                isEscaped = true
            } else if character == "\"" && !isEscaped {
                return nil
            } else {
                isEscaped = false
                value.append(character)
            }
        }
        return isEscaped ? nil : value
    }
}
