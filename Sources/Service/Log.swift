import Glibc
import JSON
import Posix
import Time

/// One JSON object a line on stderr.
///
/// Values are escaped by the JSON writer, so no line break or terminal escape of a client's gets through, and cut, so
/// that no line is longer than 4 KiB. Tokens, keys, signed queries and cells are never passed in.
package enum Log {
    package enum Level: String { case info, warning, error }

    /// The name of this process in its lines, e.g. "responder".
    nonisolated(unsafe) package static var process = "penstock"

    /// - Parameters:
    ///   - event: the event's name, a short fixed text.
    ///   - fields: the particulars.
    package static func write(_ level: Level, _ event: String, _ fields: [(String, JSON)] = []) {
        var members: [(String, JSON)] = [
            ("time", .string(Timestamp(microseconds: Clock.wallMicroseconds).exactRFC3339)),
            ("level", .string(level.rawValue)),
            ("process", .string(process)), ("pid", .int(getpid())), ("event", .string(event)),
        ]
        for (name, value) in fields { members.append((name, cut(value))) }
        if lost > 0 { members.append(("lines_lost", .int(lost))) }
        var line = JSON.object(JSON.Object(members)).serialized
        line.append(UInt8(ascii: "\n"))
        // One write(2) a line: lines of several processes do not mix. A log whose reader has stopped must not stop the
        // service: a pipe is written to only when it has room for a page (a line is shorter), and a failure is passed
        // over.
        guard (try? isWritable(2)) ?? false else {
            lost += 1
            return
        }
        lost = 0
        _ = line.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    }

    /// Lines of this process since the last that was written.
    nonisolated(unsafe) private static var lost = 0

    package static func info(_ event: String, _ fields: (String, JSON)...) { write(.info, event, fields) }
    package static func warning(_ event: String, _ fields: (String, JSON)...) { write(.warning, event, fields) }
    package static func error(_ event: String, _ fields: (String, JSON)...) { write(.error, event, fields) }

    private static func cut(_ value: JSON) -> JSON {
        guard case .string(let text) = value, text.utf8.count > 512 else { return value }
        return .string(String(decoding: text.utf8.prefix(512), as: UTF8.self) + "…")
    }
}
