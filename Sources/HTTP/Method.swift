/// The methods that are served; every other token is answered 405 (nginx lets unknown ones through).
///
/// Method names are case-sensitive (RFC 9110 section 9.1): `Method(rawValue: "get")` is nil.
package enum Method: String, CaseIterable, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"

    /// The value of an `Allow` header. `HEAD` is served wherever `GET` is, `OPTIONS` everywhere.
    package static func allow(_ methods: Set<Method>) -> String {
        var served = methods.union([.options])
        if served.contains(.get) { served.insert(.head) }
        return allCases.filter(served.contains).map(\.rawValue).joined(separator: ", ")
    }
}
