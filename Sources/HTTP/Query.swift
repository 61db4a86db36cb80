import Coding

/// How much a query may hold.
package enum QueryLimits {
    package static let bytes = 8_192
    package static let count = 100
}

/// Why a query is refused: always a 400.
package enum QueryError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLong
    case tooManyParameters
    case emptyName
    case invalidEscape
    case invalidUTF8
    case nul
    case duplicate(String)
    case unknown(String)

    /// The parameter that is at fault, where it is one.
    package var parameter: String? {
        switch self {
        case .duplicate(let name), .unknown(let name): name
        default: nil
        }
    }

    /// Safe to show to the client: it repeats at most a name that the client sent.
    package var description: String {
        switch self {
        case .tooLong: "the query is longer than \(QueryLimits.bytes) bytes"
        case .tooManyParameters: "the query has more than \(QueryLimits.count) parameters"
        case .emptyName: "a query parameter has no name"
        case .invalidEscape: "a % in the query is not followed by two hexadecimal digits"
        case .invalidUTF8: "the query is not valid UTF-8"
        case .nul: "the query holds U+0000"
        case .duplicate(let name): "the query parameter \(name) is given twice"
        case .unknown(let name): "unknown query parameter \(name)"
        }
    }
}

/// The parameters of a query, decoded as HTML forms encode them (`+` is a space).
///
/// Every name occurs once: a repeated one is refused, because two readers of one request must not choose differently.
package struct Query: Sendable {
    private let parameters: [(name: String, value: String)]

    package init(parsing text: String) throws(QueryError) {
        let parameters = try Self.pairs(of: text)
        for (index, parameter) in parameters.enumerated() {
            guard !parameters[..<index].contains(where: { $0.name == parameter.name }) else {
                throw .duplicate(parameter.name)
            }
        }
        self.parameters = parameters
    }

    /// The names and values of a form, in their order; a name may be there more than once.
    package static func pairs(of text: String) throws(QueryError) -> [(name: String, value: String)] {
        guard text.utf8.count <= QueryLimits.bytes else { throw .tooLong }
        var parameters: [(name: String, value: String)] = []
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            guard parameters.count < QueryLimits.count else { throw .tooManyParameters }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try decoded(pair[..<equals])
            let value = equals < pair.endIndex ? try decoded(pair[pair.index(after: equals)...]) : ""
            guard !name.isEmpty else { throw .emptyName }
            parameters.append((name: name, value: value))
        }
        return parameters
    }

    /// The value, which may be empty; nil when the parameter is not there.
    package subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// In the order in which they stand in the query.
    package var names: [String] { parameters.map(\.name) }

    /// - Throws: `QueryError.unknown` for the first parameter that is not in `known`.
    package func refuseNames(besides known: Set<String>) throws(QueryError) {
        if let name = names.first(where: { !known.contains($0) }) { throw .unknown(name) }
    }

    /// `name=value&…`, encoded, in the given order; a parameter whose value is nil is left out.
    package static func text(_ parameters: [(name: String, value: String?)]) -> String {
        parameters.compactMap { parameter in
            parameter.value.map { "\(PercentCoding.encode(parameter.name))=\(PercentCoding.encode($0))" }
        }.joined(separator: "&")
    }

    private static func decoded(_ bytes: Substring.UTF8View) throws(QueryError) -> String {
        guard let decoded = PercentCoding.decode(bytes, plusIsSpace: true) else { throw .invalidEscape }
        guard let text = String(validating: decoded, as: UTF8.self) else { throw .invalidUTF8 }
        guard !decoded.contains(0) else { throw .nul }
        return text
    }
}
