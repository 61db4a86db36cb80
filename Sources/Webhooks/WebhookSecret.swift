import Coding
import Crypto
import Posix

/// A shared secret of Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes.
package struct WebhookSecret: Equatable, Sendable {
    package let text: String
    private let bytes: [UInt8]

    /// nil when the text has another form.
    package init?(_ text: String) {
        guard text.hasPrefix("whsec_"), let bytes = Base64.decode(text.utf8.dropFirst(6), .standard),
            (24...64).contains(bytes.count)
        else { return nil }
        self.text = text
        self.bytes = bytes
    }

    /// 32 random bytes.
    package static func generate() -> WebhookSecret {
        WebhookSecret(bytes: Random.bytes(32))
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        text = "whsec_\(Base64.encode(bytes, .standard))"
    }

    /// `v1,…` over id, time and body (Standard Webhooks, "Signature scheme").
    package func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        let signed = Array("\(id).\(timestamp).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: bytes))
        return "v1,\(Base64.encode(Array(code), .standard))"
    }
}

/// One message, signed for one attempt: the id stays over all attempts, the time is the attempt's.
package struct SignedMessage: Equatable, Sendable {
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    /// - Parameters:
    ///   - secrets: the current one first; while a secret is being changed, the old one too.
    ///   - trace: a `traceparent`, which is not signed; nil without one.
    package init(id: String, timestamp: Int64, body: [UInt8], secrets: [WebhookSecret], trace: String? = nil) {
        let signed = [
            ("Content-Type", "application/json"), ("webhook-id", id), ("webhook-timestamp", "\(timestamp)"),
            (
                "webhook-signature",
                secrets.map { $0.signature(id: id, timestamp: timestamp, body: body) }.joined(separator: " ")
            ),
        ]
        headers = signed + (trace.map { [("traceparent", $0)] } ?? [])
        self.body = body
    }

    package static func == (left: SignedMessage, right: SignedMessage) -> Bool {
        left.body == right.body
            && left.headers.elementsEqual(right.headers) { $0.name == $1.name && $0.value == $1.value }
    }
}
