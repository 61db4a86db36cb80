/// A message of an outbox that was claimed: the part of it that decides when it is sent.
package protocol OutboxMessage: Sendable {
    var tenant: String { get }
    /// 1 for the first.
    var attempt: Int { get }
}

extension WebhookTable.Message: OutboxMessage {}
