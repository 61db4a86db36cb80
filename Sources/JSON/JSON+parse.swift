extension JSON {
    /// Reads one value that takes up the whole of `bytes`, with nothing but white space around it.
    ///
    /// Strict RFC 8259: no comments, no trailing commas, no byte order mark, UTF-8 only; beyond the RFC, an object with
    /// the same key twice and a lone surrogate are refused, because different readers make different things of them.
    package static func parse(_ bytes: [UInt8], limits: JSONLimits = .request) throws(JSONError) -> JSON {
        var parser = Parser(bytes: bytes, limits: limits)
        return try parser.parseText()
    }

    package static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = .request
    ) throws(JSONError) -> JSON {
        try parse([UInt8](bytes), limits: limits)
    }

    package static func parse(_ text: String, limits: JSONLimits = .request) throws(JSONError) -> JSON {
        try parse([UInt8](text.utf8), limits: limits)
    }
}
