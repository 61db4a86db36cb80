/// How large a value the parser builds. The size of the whole text is for the reader of the body to bound.
package struct JSONLimits: Equatable, Sendable {
    /// Arrays and objects inside one another; a lone `[]` has depth 1. Also bounds the parser's recursion.
    package var depth: Int
    /// UTF-8 bytes of one string or key, after its escapes are resolved.
    package var stringBytes: Int
    package var arrayCount: Int
    package var memberCount: Int
    /// Digits, signs and exponent of one number.
    package var numberBytes: Int
    /// Whether a string may hold U+0000. PostgreSQL's text cannot, so a request must not.
    package var acceptsNUL: Bool

    package init(
        depth: Int, stringBytes: Int, arrayCount: Int, memberCount: Int, numberBytes: Int, acceptsNUL: Bool = false
    ) {
        self.depth = depth
        self.stringBytes = stringBytes
        self.arrayCount = arrayCount
        self.memberCount = memberCount
        self.numberBytes = numberBytes
        self.acceptsNUL = acceptsNUL
    }

    /// For text that a client sent.
    package static let request = JSONLimits(
        depth: 64, stringBytes: 65_536, arrayCount: 1_000, memberCount: 1_000, numberBytes: 128)

    /// For text of our own, such as a job's row or a key file: only the depth is bounded, so that no text can use up
    /// the stack.
    package static let stored = JSONLimits(
        depth: 256, stringBytes: .max, arrayCount: .max, memberCount: .max, numberBytes: .max, acceptsNUL: true)
}
