import Glibc
import Posix

/// Speaks FastCGI to the service's socket, rightly or wrongly: what nginx never would.
package enum FastCGIClient {
    package static func socketPath(_ stage: Stage) -> String { stage.settings["PENSTOCK_SOCKET"] ?? "" }

    /// One record (FastCGI 1.0 section 3.3).
    package static func record(
        _ type: UInt8, _ content: [UInt8] = [], id: UInt16 = 1, version: UInt8 = 1, padding: UInt8 = 0
    ) -> [UInt8] {
        [
            version, type, UInt8(id >> 8), UInt8(id & 0xFF), UInt8(content.count >> 8), UInt8(content.count & 0xFF),
            padding, 0,
        ]
            + content + [UInt8](repeating: 0, count: Int(padding))
    }

    /// BEGIN_REQUEST for a role: 1 responder, 2 authorizer, 3 filter.
    package static func begin(role: UInt8 = 1, id: UInt16 = 1) -> [UInt8] {
        record(1, [0, role, 0, 0, 0, 0, 0, 0], id: id)
    }

    /// Name-value pairs (section 3.4).
    package static func pairs(_ parameters: [(String, String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in parameters {
            for length in [name.utf8.count, value.utf8.count] {
                if length < 128 { bytes.append(UInt8(length)) } else { bytes += bigEndian(UInt32(length) | 1 << 31) }
            }
            bytes += Array(name.utf8) + Array(value.utf8)
        }
        return bytes
    }

    package static func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } }

    /// A whole well-formed request; the answer's text (head and body).
    package static func request(_ stage: Stage, _ parameters: [(String, String)], body: [UInt8] = []) throws -> String {
        var all = parameters
        if !all.contains(where: { $0.0 == "SERVER_PROTOCOL" }) { all.append(("SERVER_PROTOCOL", "HTTP/1.1")) }
        all.append(("CONTENT_LENGTH", String(body.count)))
        let bytes =
            begin() + record(4, pairs(all)) + record(4) + (body.isEmpty ? [] : record(5, body)) + record(5)
        return String(decoding: output(of: try send(stage, bytes)), as: UTF8.self)
    }

    /// Sends bytes, then closes its own side when told so, and reads until the peer closes.
    package static func send(
        _ stage: Stage, _ bytes: [UInt8], thenClose: Bool = false, within seconds: Int = 10
    ) throws -> [UInt8] {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if descriptor < 0 { throw PosixError("socket") }
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(socketPath(stage).utf8)) }
        try retryingInterrupts("connect") {
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { break }
            sent += count
        }
        if thenClose { return [] }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { return result }
            result += buffer[..<count]
        }
    }

    /// The STDOUT stream of an answer.
    package static func output(of bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var at = 0
        while at + 8 <= bytes.count {
            let length = Int(bytes[at + 4]) << 8 | Int(bytes[at + 5])
            let end = at + 8 + length
            if bytes[at + 1] == 6, end <= bytes.count { result += bytes[(at + 8)..<end] }
            at = end + Int(bytes[at + 6])
        }
        return result
    }
}
