import Glibc
import JSON
import Posix

/// How a request says who it is.
package enum Credential: Sendable {
    case bearer(String)
    case apiKey(String)
    /// `user:password`
    case basic(String)
    case none

    var headers: [(String, String)] {
        switch self {
        case .bearer(let token): [("Authorization", "Bearer \(token)")]
        case .apiKey(let key): [("Api-Key", key)]
        case .basic(let pair): [("Authorization", "Basic \(base64(Array(pair.utf8)))")]
        case .none: []
        }
    }
}

/// A blocking HTTP/1.1 client, one connection a request. It sends what it is told, wrong or right.
package struct Client: APIClient {
    package let port: UInt16
    package var credential: Credential

    package init(port: UInt16, credential: Credential = .none) {
        self.port = port
        self.credential = credential
    }

    package func reply(
        _ method: String, _ target: String, _ headers: [(String, String)], body: [UInt8]?
    ) throws -> Reply {
        try begin(method, target, headers, body: body).reply()
    }

    /// Sends a request and does not wait for its answer: how one thread has a hundred under way.
    package func begin(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: [UInt8]? = nil
    ) throws -> Exchange {
        var head = "\(method) \(target) HTTP/1.1\r\n"
        var fields = headers
        func add(_ name: String, _ value: String) {
            if !fields.contains(where: { $0.0.lowercased() == name.lowercased() }) { fields.append((name, value)) }
        }
        add("Host", "127.0.0.1:\(port)")
        add("Connection", "close")
        if let body { add("Content-Length", String(body.count)) }
        fields += credential.headers
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        let exchange = try Exchange(port: port, isHead: method == "HEAD")
        try exchange.write(Array((head + "\r\n").utf8) + (body ?? []))
        return exchange
    }

    /// Sends bytes as they are and reads one answer; nil when the server closes without any.
    package func raw(_ bytes: [UInt8]) throws -> Reply? {
        let exchange = try Exchange(port: port, isHead: false)
        try exchange.write(bytes)
        return try? exchange.reply()
    }
}

/// One connection with its request sent. Closed with the value.
package final class Exchange {
    package let descriptor: Int32
    private let isHead: Bool

    init(port: UInt16, isHead: Bool) throws(PosixError) {
        self.isHead = isHead
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if descriptor < 0 { throw PosixError("socket") }
        var timeout = timeval(tv_sec: 30, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let descriptor = descriptor
        try retryingInterrupts("connect") {
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    deinit { close(descriptor) }

    /// Writes all bytes. A server that answers before it has read everything may close early: that is no error here.
    package func write(_ bytes: [UInt8]) throws(PosixError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EPIPE || errno == ECONNRESET { return }
            if count < 0 { throw PosixError("send") }
            sent += count
        }
    }

    /// Up to `limit` bytes of what the server sends; empty at the end.
    package func read(_ limit: Int = 1 << 16) throws(PosixError) -> [UInt8] {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
                count = recv(descriptor, buffer.baseAddress, limit, 0)
                filled = max(0, count)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == ECONNRESET { return [] }
            if count < 0 { throw PosixError("recv") }
            return bytes
        }
    }

    /// Reads the answer to its end, by Content-Length where it has one, else to the end of the connection. Interim
    /// answers (1xx) are passed over.
    package func reply() throws -> Reply {
        var bytes: [UInt8] = []
        var wanted: Int?
        // A stream sends signs of life without end.
        let deadline = Clock.monotonicMilliseconds + 300_000
        while bytes.count < wanted ?? .max {
            guard Clock.monotonicMilliseconds < deadline else { throw Unmet("the answer has no end") }
            let more = try read(1 << 18)
            if more.isEmpty { break }
            bytes += more
            if wanted == nil { wanted = Reply.length(of: bytes, isHead: isHead) }
        }
        return try Reply(bytes, isHead: isHead)
    }
}
