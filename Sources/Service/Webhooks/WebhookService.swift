import API
import Configuration
import HTTP
import JSON
import Jobs
import Posix
import Postgres
import Webhooks

/// Tells tenants how their exports ended.
///
///     wait (answers, socket, signals, the next due time) → settle what is over → claim what is due → send
///
/// Messages lie in the outbox from the moment in which the job's state changed. This process only moves them: a
/// message is leased, sent, and settled by what came back; when the process dies in between, the lease runs out and
/// the message is sent again under the same id, by which a receiver knows it. Many are under way at once and few of
/// one tenant, so an endpoint that does not answer holds up nobody else's. The process forks nothing: libcurl has
/// threads.
final class WebhookService {
    private let configuration: Configuration
    private let signals: SignalDescriptor
    private let sender: WebhookSender
    private let delay: RetryDelay
    private var link: QueueLink
    private var active: [String: Int] = [:]
    private var settlements: [(message: WebhookTable.Message, ending: WebhookTable.Ending)] = []
    private var claimAt: Int64 = 0
    private var pruneAt: Int64 = 0

    private static let atOnce = 32
    private static let perTenant = 4
    /// Longer than any delivery takes, its settling included.
    private static let leaseSeconds = 60
    /// A message notifies; this look finds what a lost notification would have told, and a server that does not
    /// answer any more.
    private static let pollMilliseconds: Int64 = 10_000
    private static let pruneMilliseconds: Int64 = 3_600_000

    init(_ configuration: Configuration) throws {
        self.configuration = configuration
        signals = try SignalDescriptor([.terminate, .interrupt, .hangUp])
        sender = try WebhookSender(
            trusted: configuration.webhookTrustedRanges, authorities: configuration.webhookAuthorities)
        delay = RetryDelay(first: configuration.webhookRetrySeconds, attempts: configuration.webhookAttempts)
        link = QueueLink(configuration.databaseURL, applicationName: "penstock webhooks") { queue in
            try queue.listen(to: "penstock_webhooks")
            return true
        }
    }

    func run() throws {
        var ending = false
        while true {
            settle()
            if ending && sender.count == 0 && (settlements.isEmpty || link.queue == nil) { return }
            if !ending { claim() }
            sender.wait([signals.raw, link.queue?.connection.socket ?? -1], milliseconds: wait(ending))
            let received = signals.pendingOfOwn()
            if received.contains(.terminate) { ending = true }
            // What is under way is sent again when its lease has run out.
            if received.contains(.interrupt) { return }
            if link.queue != nil {
                link.attempt { if try !$0.connection.notifications().isEmpty { claimAt = 0 } }
            }
        }
    }

    private func wait(_ ending: Bool) -> Int64 {
        if !settlements.isEmpty { return max(50, link.retryAt - Clock.monotonicMilliseconds) }
        return ending ? 1000 : max(0, claimAt - Clock.monotonicMilliseconds)
    }

    // MARK: Sending

    private func claim() {
        guard Clock.monotonicMilliseconds >= claimAt, sender.count < Self.atOnce else { return }
        claimAt = Clock.monotonicMilliseconds + Self.pollMilliseconds
        let answer = link.attempt { queue in
            let table = WebhookTable(queue.connection)
            let busy = active.filter { $0.value >= Self.perTenant }.map(\.key)
            let messages = try table.claim(
                atMost: Self.atOnce - sender.count, perTenant: Self.perTenant, busy: busy,
                leaseSeconds: Self.leaseSeconds)
            for message in messages { send(message, try payload(of: message, queue, table)) }
            // What could not be taken because its tenant is busy is looked for when one of that tenant's is over.
            if messages.isEmpty, let next = try table.millisecondsUntilNext() {
                claimAt = Clock.monotonicMilliseconds + min(Self.pollMilliseconds, max(next, busy.isEmpty ? 100 : 1000))
            } else if !messages.isEmpty {
                claimAt = 0
            }
            if Clock.monotonicMilliseconds >= pruneAt {
                pruneAt = Clock.monotonicMilliseconds + Self.pruneMilliseconds
                try table.prune(keepDays: configuration.retentionDays)
            }
        }
        if answer != .done { claimAt = max(link.retryAt, Clock.monotonicMilliseconds + 500) }
    }

    /// The message's body: the job in the words of the Exports API as it was when the message was first sent, without
    /// a link.
    private func payload(
        of message: WebhookTable.Message, _ queue: Queue, _ table: WebhookTable
    ) throws -> String? {
        if let payload = message.payload { return payload }
        guard let job = try queue.publishedJob(id: message.job) else { return nil }
        var data = job.exportsJSON().object ?? JSONObject()
        data["downloadUrl"] = nil
        let body: JSON = [
            "type": .string(message.event), "timestamp": .string(message.happenedAt.rfc3339), "data": .object(data),
        ]
        return try table.keep(payload: body.text, of: message.id)
    }

    private func send(_ message: WebhookTable.Message, _ payload: String?) {
        guard let payload else {
            settlements.append((message, .failed(status: nil, "the job is gone", retryAfter: nil)))
            return
        }
        do {
            // What is trusted may have become less since the endpoint was set.
            _ = try Destination(message.url, trusted: configuration.webhookTrustedRanges)
        } catch {
            return finish(message, DeliveryOutcome(status: nil, failure: error.description, retryAfter: nil))
        }
        active[message.tenant, default: 0] += 1
        let signed = SignedMessage(
            id: "msg_\(message.id)", timestamp: Clock.wallMicroseconds / 1_000_000, body: Array(payload.utf8),
            secrets: message.secrets)
        sender.send(signed, to: message.url) { [unowned self] outcome in
            active[message.tenant] = active[message.tenant].flatMap { $0 > 1 ? $0 - 1 : nil }
            claimAt = 0
            finish(message, outcome)
        }
    }

    private func finish(_ message: WebhookTable.Message, _ outcome: DeliveryOutcome) {
        let ending: WebhookTable.Ending
        if outcome.isDelivered {
            ending = .delivered(status: outcome.status ?? 0)
        } else if outcome.status == 410 {
            ending = .gone(status: 410)
        } else {
            ending = .failed(
                status: outcome.status, outcome.failure ?? "",
                retryAfter: delay.seconds(
                    after: message.attempt, asked: outcome.retryAfter,
                    chance: Double(Random.integer() % 1_000_001) / 1_000_000))
        }
        settlements.append((message, ending))
    }

    // MARK: Settling

    /// Stores what came of messages, in order; what cannot be stored now stays for the next turn.
    private func settle() {
        while let (message, ending) = settlements.first {
            let answer = link.attempt { try WebhookTable($0.connection).settle(message, ending) }
            if answer == .later { return }
            settlements.removeFirst()
            let fields: [(String, JSON)] = [
                ("job", .string(message.job.description)), ("tenant", .string(message.tenant)),
                ("attempt", .int(message.attempt)),
            ]
            switch ending {
            case .delivered: Log.write(.info, "webhook delivered", fields)
            case .gone: Log.write(.warning, "webhook endpoint gone", fields)
            case .failed(_, let failure, let delay):
                Log.write(
                    .warning, "webhook not delivered",
                    fields + [("failure", .string(failure)), ("retry_seconds", .int(orNull: delay))])
            }
        }
    }
}
