/// FastCGI records written by hand, for connections that libfcgi has let go.
///
///     version 1 │ type │ request id (2) │ content length (2) │ padding length │ 0 │ content …
///
/// Source: FastCGI specification 1.0, sections 3.3 and 5.5.
package enum Record {
    private static let stdout: UInt8 = 6
    private static let endRequest: UInt8 = 3
    private static let contentLimit = 65_535

    /// Bytes of an answer's body, in as many records as they need.
    package static func output(_ content: [UInt8], request id: UInt16) -> [UInt8] {
        var result: [UInt8] = []
        var rest = content[...]
        while !rest.isEmpty {
            let piece = rest.prefix(contentLimit)
            result += header(stdout, id, length: piece.count)
            result += piece
            rest = rest.dropFirst(piece.count)
        }
        return result
    }

    /// The end of an answer: an empty output record, then status 0 and FCGI_REQUEST_COMPLETE.
    package static func end(request id: UInt16) -> [UInt8] {
        header(stdout, id, length: 0) + header(endRequest, id, length: 8) + [UInt8](repeating: 0, count: 8)
    }

    private static func header(_ type: UInt8, _ id: UInt16, length: Int) -> [UInt8] {
        [1, type, UInt8(id >> 8), UInt8(id & 0xFF), UInt8(length >> 8), UInt8(length & 0xFF), 0, 0]
    }
}
