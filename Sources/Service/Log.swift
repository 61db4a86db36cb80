import Configuration
import Glibc
import JSON
import Posix
import Time

/// One JSON object a line on stderr.
///
/// Values are escaped by the JSON writer, so no line break or terminal escape of a client's gets through, and cut after
/// that, so that no line is longer than 4 KiB. Tokens, keys, signed queries and cells are never passed in.
package enum Log {
    package typealias Level = LogLevel

    /// What matters less is not written (LOG_LEVEL).
    nonisolated(unsafe) package static var least = Level.info

    /// The name of this process in its lines, e.g. "responder".
    nonisolated(unsafe) package static var process = "penstock"

    /// What all lines of this process are about: a child's job.
    nonisolated(unsafe) package static var subject: [(String, JSON)] = []

    /// The field of a request's trace; none without one.
    package static func trace(_ traceparent: String?) -> [(String, JSON)] {
        traceparent.map { [("traceparent", .string($0))] } ?? []
    }

    /// - Parameters:
    ///   - event: the event's name, a short fixed text.
    ///   - fields: the particulars.
    package static func write(_ level: Level, _ event: String, _ fields: [(String, JSON)] = []) {
        guard level >= least else { return }
        var members: [(String, JSON)] = [
            ("time", .string(Timestamp(microseconds: Clock.wallMicroseconds).exactRFC3339)),
            ("level", .string(level.rawValue)),
            ("process", .string(process)), ("pid", .int(getpid())), ("event", .string(event)),
        ]
        members += subject
        if lost > 0 { members.append(("lines_lost", .int(lost))) }
        let line = line(members, fields)
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

    package static func debug(_ event: String, _ fields: (String, JSON)...) { write(.debug, event, fields) }
    package static func info(_ event: String, _ fields: (String, JSON)...) { write(.info, event, fields) }
    package static func warning(_ event: String, _ fields: (String, JSON)...) { write(.warning, event, fields) }
    package static func error(_ event: String, _ fields: (String, JSON)...) { write(.error, event, fields) }

    /// Bytes of a line, its end included; a pipe takes so many at once.
    static let longestLine = 4096

    /// A line whose fields are cut until all of it fits: each to the same length, as it stands in the line.
    static func line(_ members: [(String, JSON)], _ fields: [(String, JSON)]) -> [UInt8] {
        var length = 512
        while true {
            let cut = fields.map { ($0, Self.cut($1, to: length)) }
            let line = JSON.object(JSON.Object(members + cut)).serialized + [UInt8(ascii: "\n")]
            if line.count <= longestLine || length == 0 { return line }
            length /= 2
        }
    }

    /// - Parameter length: bytes between the quotes, escapes included.
    private static func cut(_ value: JSON, to length: Int) -> JSON {
        guard case .string(let text) = value else { return value }
        var kept = Array(text.utf8.prefix(length))
        var escaped = JSON.string(String(decoding: kept, as: UTF8.self)).serialized.count - 2
        if kept.count == text.utf8.count, escaped <= length { return value }
        while escaped > length {
            kept.removeLast(max(1, (escaped - length) / 6))
            escaped = JSON.string(String(decoding: kept, as: UTF8.self)).serialized.count - 2
        }
        // Half a character at the end would be told as a replacement character.
        while let last = kept.last, last & 0xC0 == 0x80 { kept.removeLast() }
        if let last = kept.last, last >= 0xC0 { kept.removeLast() }
        return .string(String(decoding: kept, as: UTF8.self) + "…")
    }
}
