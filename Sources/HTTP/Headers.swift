import Coding

/// The header fields of a request in the order in which they came, with every repetition, so that a repeated field can
/// be refused (libfcgi's own look-up gives the first and hides the rest).
package struct Headers: Sendable {
    /// Names in lower case, as they are compared.
    package private(set) var fields: [(name: String, value: String)] = []

    package init() {}

    package init(_ fields: [(String, String)]) {
        for field in fields { add(field.0, field.1) }
    }

    package mutating func add(_ name: String, _ value: String) {
        fields.append((name: name.lowercasedASCII, value: value))
    }

    package func all(_ name: String) -> [String] {
        let name = name.lowercasedASCII
        return fields.filter { $0.name == name }.map(\.value)
    }

    package func first(_ name: String) -> String? {
        let name = name.lowercasedASCII
        return fields.first { $0.name == name }?.value
    }

    /// `api-key` for the CGI parameter `HTTP_API_KEY` (RFC 3875 section 4.1.18); nil for a parameter that is no header.
    package static func name(ofParameter parameter: String) -> String? {
        guard parameter.hasPrefix("HTTP_"), parameter.utf8.count > 5 else { return nil }
        let bytes = parameter.utf8.dropFirst(5).map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
        return String(decoding: bytes, as: UTF8.self).lowercasedASCII
    }
}

extension Headers: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }
}
