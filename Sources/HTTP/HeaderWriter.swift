/// A header field that must not be sent.
package struct HeaderError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case invalidName = "its name is not a token"
        case reserved = "it is written by the response itself"
        case controlCharacter = "its value holds a control character"
        case invalidStatus = "the status is not between 200 and 599"
    }

    /// For the log, and only escaped: it may hold the very characters that were refused.
    package let name: String
    package let reason: Reason

    package var description: String { "header \(name.debugDescription): \(reason.rawValue)" }
}

/// The one place where header fields become bytes.
///
/// A line feed in a value would begin a header of its own, and `X-Accel-Redirect` is one that serves any file
/// (tried with nginx 1.22). So a byte below 0x20 or 0x7F is an error, for which the caller answers 500; it is never
/// dropped or replaced, since then nobody would learn of the hole it came through.
struct HeaderWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ name: String, _ value: String) throws(HeaderError) {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isToken) else {
            throw HeaderError(name: name, reason: .invalidName)
        }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw HeaderError(name: name, reason: .controlCharacter)
        }
        bytes += name.utf8
        bytes += ": ".utf8
        bytes += value.utf8
        bytes += "\r\n".utf8
    }

    mutating func end() { bytes += "\r\n".utf8 }
}
