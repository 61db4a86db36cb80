/// A path as the OpenAPI document writes it: `/report/exports/{id}`.
package struct PathTemplate: Sendable, CustomStringConvertible {
    package let description: String
    /// Between the slashes; nil where a parameter stands.
    private let literals: [String?]
    private let names: [String: Int]

    package init(_ text: String) {
        description = text
        let segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let isParameter = { (segment: Substring) in segment.hasPrefix("{") && segment.hasSuffix("}") }
        literals = segments.map { isParameter($0) ? nil : String($0) }
        names = Dictionary(
            uniqueKeysWithValues: segments.enumerated().filter { isParameter($1) }.map {
                (String($1.dropFirst().dropLast()), $0)
            })
    }

    var count: Int { literals.count }
    var parameterCount: Int { names.count }

    /// Whether a path of as many segments is one of these. A parameter stands for any text but an empty one.
    func matches(_ segments: [String]) -> Bool {
        zip(literals, segments).allSatisfy { literal, segment in
            literal.map { $0 == segment } ?? !segment.isEmpty
        }
    }

    /// The value of a parameter in a matching path; empty for a name that is not in the template.
    func value(of name: String, in segments: [String]) -> String {
        names[name].map { segments[$0] } ?? ""
    }
}
