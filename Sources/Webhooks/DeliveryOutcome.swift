/// The result of sending one message.
package struct DeliveryOutcome: Sendable {
    /// The status of HTTP or SMTP; nil when there was no answer.
    package let status: Int?
    /// Why the message did not arrive, for people; nil when it did.
    package let failure: String?
    /// The seconds of the answer's Retry-After; nil when the answer has no such header.
    package let retryAfter: Int?

    /// Whether no repetition would change it.
    package let isFinal: Bool

    package init(status: Int?, failure: String?, retryAfter: Int?, isFinal: Bool = false) {
        self.isFinal = isFinal
        self.status = status
        self.failure = failure
        self.retryAfter = retryAfter
    }

    package var isDelivered: Bool { status.map { (200...299).contains($0) } ?? false }
}
