/// Where a request stands in a trace of its caller's: the header `traceparent` of W3C Trace Context, level 1
/// (https://www.w3.org/TR/trace-context-1/#traceparent-header). Penstock makes no spans of its own; what it passes on
/// has the caller's span as its parent.
///
///     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
///     version    trace-id                 parent-id        flags
package struct TraceParent: Equatable, Sendable {
    /// Of version 00: as the caller has sent it, and for a later version the fields that this one knows.
    package let text: String

    private static let length = 55
    /// The first of the flags, the only one of version 00.
    private static let sampled: UInt8 = 1

    /// - Parameter values: of all occurrences of the header.
    /// - Returns: nil without the header and for one that is invalid, which section 4.3 has ignored.
    package init?(_ values: [String]) {
        guard values.count == 1, let value = values.first?.utf8, value.count >= Self.length,
            case let bytes = Array(value.prefix(Self.length)),
            [2, 35, 52].allSatisfy({ bytes[$0] == UInt8(ascii: "-") })
        else { return nil }
        let (version, trace, parent, flags) = (bytes[..<2], bytes[3..<35], bytes[36..<52], bytes[53...])
        guard [version, trace, parent, flags].allSatisfy({ $0.allSatisfy(Self.isDigit) }),
            !version.elementsEqual("ff".utf8), !trace.allSatisfy({ $0 == UInt8(ascii: "0") }),
            !parent.allSatisfy({ $0 == UInt8(ascii: "0") })
        else { return nil }
        if version.elementsEqual("00".utf8) {
            guard value.count == Self.length else { return nil }
            text = String(decoding: bytes, as: UTF8.self)
            return
        }
        // A later version has fields of its own after another hyphen, and its flags may mean something else.
        guard value.count == Self.length || value.dropFirst(Self.length).first == UInt8(ascii: "-") else { return nil }
        let known = (UInt8(String(decoding: flags, as: UTF8.self), radix: 16) ?? 0) & Self.sampled
        text = "00-\(String(decoding: bytes[3..<53], as: UTF8.self))0\(known)"
    }

    /// Of hexadecimal, in lower case.
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

extension Request {
    /// nil without a valid one.
    package var trace: TraceParent? { TraceParent(headers.all("traceparent")) }
}
