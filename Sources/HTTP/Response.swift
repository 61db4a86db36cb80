import Coding
import JSON

/// An answer as a value; `serializedHead` and `body(answering:)` are its CGI response (RFC 3875 section 6).
package struct Response: Sendable {
    package var status: Int
    package private(set) var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// True when only the head is sent from here and another process writes the body, so that its length is not known.
    package var isStreamed = false

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A JSON body under its media type: `application/json`, or the given relative of it.
    package static func json(_ value: JSON, status: Int = 200, contentType: String = "application/json") -> Response {
        Response(status: status, headers: [(name: "Content-Type", value: contentType)], body: value.serialized)
    }

    /// An RFC 9457 body.
    package static func problem(_ value: JSON, status: Int) -> Response {
        json(value, status: status, contentType: "application/problem+json")
    }

    package static func text(
        _ text: String, status: Int = 200, contentType: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(status: status, headers: [(name: "Content-Type", value: contentType)], body: [UInt8](text.utf8))
    }

    /// The value of the first header of this name.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercasedASCII == name.lowercasedASCII }?.value
    }

    /// Takes the place of every header of this name. The value is checked when the response is written.
    package mutating func setHeader(_ name: String, _ value: String) {
        headers.removeAll { $0.name.lowercasedASCII == name.lowercasedASCII }
        headers.append((name: name, value: value))
    }

    package func withHeader(_ name: String, _ value: String) -> Response {
        var copy = self
        copy.setHeader(name, value)
        return copy
    }
}

extension Response {
    /// The bytes after the head. The answer to a HEAD is the head of the answer to a GET, its Content-Length with it,
    /// and no body.
    package func body(answering method: Method) -> [UInt8] { method == .head || hasNoContent ? [] : body }

    /// `Status: 200 OK` and the headers in CGI form, up to and with the empty line.
    ///
    /// - Throws: `HeaderError` when a header must not be sent; nothing of the response has been written then.
    package func serializedHead() throws(HeaderError) -> [UInt8] {
        guard (200...599).contains(status) else { throw HeaderError(name: "Status", reason: .invalidStatus) }
        var writer = HeaderWriter()
        try writer.append("Status", "\(status) \(StatusReason.phrase(status))")
        for header in headers {
            let name = header.name.lowercasedASCII
            guard name != "status", name != "content-length", name != "transfer-encoding", name != "connection" else {
                throw HeaderError(name: header.name, reason: .reserved)
            }
            try writer.append(header.name, header.value)
        }
        if !isStreamed && !hasNoContent { try writer.append("Content-Length", String(body.count)) }
        writer.end()
        return writer.bytes
    }

    /// Statuses that have neither a body nor a length (RFC 9110 sections 15.3.5 and 15.4.5).
    private var hasNoContent: Bool { status == 204 || status == 304 }
}
