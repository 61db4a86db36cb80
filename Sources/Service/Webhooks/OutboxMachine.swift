import Posix
import Webhooks

/// Of the outbox of webhooks.
typealias WebhookMachine = OutboxMachine<WebhookTable.Message>

/// The decisions of the process that sends the messages of an outbox, webhooks or e-mail, without its queue, its
/// connections and its clock.
///
///     outbox ──claimed, leased──▶ under way ──outcome──▶ settlement ──told to the queue──▶ gone
///
/// Many messages are under way at once and few of one tenant, so an endpoint that does not answer holds up no other's.
struct OutboxMachine<Message: OutboxMessage> {
    struct Settlement {
        let message: Message
        let ending: WebhookTable.Ending
    }

    /// How many messages may be claimed now.
    struct Room: Equatable {
        let messages: Int
        /// Tenants that have as many messages under way as one may.
        let busy: Set<String>
    }

    private(set) var settlements = Backlog<Settlement>()
    /// Messages under way.
    private(set) var count = 0
    private var active: [String: Int] = [:]
    private let delay: RetryDelay
    /// Monotonic milliseconds before which nothing is claimed, and before which nothing is pruned.
    private var claimAt: Int64 = 0
    private var pruneAt: Int64 = 0

    private let atOnce: Int
    let perTenant: Int
    /// A message notifies; this poll finds messages whose notification was lost, and a server that does not answer any
    /// more.
    private static var pollMilliseconds: Int64 { 10_000 }
    private static var pruneMilliseconds: Int64 { 3_600_000 }
    /// The shortest pause, in milliseconds, after a claim that failed.
    private static var pauseMilliseconds: Int64 { 500 }
    /// A process that ends looks so often, in milliseconds, for messages that are still under way.
    private static var endMilliseconds: Int64 { 1_000 }

    /// - Parameters:
    ///   - atOnce: how many messages may be under way at the same time.
    ///   - perTenant: how many of one tenant.
    init(_ delay: RetryDelay, atOnce: Int = 32, perTenant: Int = 4) {
        self.delay = delay
        self.atOnce = atOnce
        self.perTenant = perTenant
    }

    /// When something is due, in monotonic milliseconds.
    /// - Parameter retryAt: before which the queue takes nothing.
    func due(_ phase: ServiceLoop.Phase, retryAt: Int64, at now: Int64) -> Int64 {
        if !settlements.isEmpty { return max(now + 50, retryAt) }
        if phase != .working { return now + Self.endMilliseconds }
        // While no more may be under way only an answer changes anything.
        return count < atOnce ? max(now, claimAt) : now + Self.pollMilliseconds
    }

    /// Messages that a stopping process has under way are sent again when their lease has run out; a draining one waits
    /// for them, and for the queue only while it is there.
    func isOver(_ phase: ServiceLoop.Phase, hasQueue: Bool) -> Bool {
        switch phase {
        case .working: false
        case .draining: count == 0 && (settlements.isEmpty || !hasQueue)
        case .stopping: true
        }
    }

    // MARK: Claiming

    /// There may be a new message.
    mutating func notified() { claimAt = 0 }

    /// - Returns: nil when nothing is to be claimed now.
    mutating func claim(at now: Int64) -> Room? {
        guard now >= claimAt, count < atOnce else { return nil }
        claimAt = now + Self.pollMilliseconds
        return Room(
            messages: atOnce - count, busy: Set(active.filter { $0.value >= perTenant }.map(\.key)))
    }

    /// - Parameters:
    ///   - count: how many messages were there.
    ///   - next: milliseconds until one is due; nil when no message waits.
    mutating func claimed(_ count: Int, next: Int64?, _ room: Room, at now: Int64) {
        if count > 0 {
            claimAt = 0
        } else if let next {
            // A message that its tenant has no room for is looked for when one of that tenant's is over.
            claimAt = now + min(Self.pollMilliseconds, max(next, room.busy.isEmpty ? 100 : 1000))
        }
    }

    mutating func claimFailed(retryAt: Int64, at now: Int64) { claimAt = max(retryAt, now + Self.pauseMilliseconds) }

    /// Whether old messages are to be deleted.
    mutating func isPruneDue(at now: Int64) -> Bool {
        guard now >= pruneAt else { return false }
        pruneAt = now + Self.pruneMilliseconds
        return true
    }

    // MARK: Messages

    mutating func sent(_ message: Message) {
        count += 1
        active[message.tenant, default: 0] += 1
    }

    /// A message that was sent is over, one way or the other.
    mutating func answered(
        _ message: Message, _ outcome: DeliveryOutcome, chance: Double = Random.fraction()
    ) {
        count -= 1
        active[message.tenant] = active[message.tenant].flatMap { $0 > 1 ? $0 - 1 : nil }
        claimAt = 0
        finish(message, outcome, chance: chance)
    }

    /// The result of a message, one that could not be sent too.
    mutating func finish(
        _ message: Message, _ outcome: DeliveryOutcome, chance: Double = Random.fraction()
    ) {
        let ending: WebhookTable.Ending
        if outcome.isDelivered {
            ending = .delivered(status: outcome.status ?? 0)
        } else if outcome.status == 410 {
            ending = .gone(status: 410)
        } else {
            ending = .failed(
                status: outcome.status, outcome.failure ?? "",
                retryAfter: outcome.isFinal
                    ? nil : delay.seconds(after: message.attempt, asked: outcome.retryAfter, chance: chance))
        }
        settlements.append(Settlement(message: message, ending: ending))
    }

    /// The message's job is gone: there is nothing to be sent, now or later.
    mutating func giveUp(_ message: Message) {
        settlements.append(
            Settlement(message: message, ending: .failed(status: nil, "the job is gone", retryAfter: nil)))
    }

    /// The message was claimed and not tried.
    mutating func putBack(_ message: Message) {
        settlements.append(Settlement(message: message, ending: .released))
    }

    /// The first settlement is stored, or was refused, which no repetition would change.
    mutating func settled() { settlements.removeFirst() }
}
