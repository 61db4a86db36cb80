import API
import Catalog
import Configuration
import HTTP
import JSON
import Jobs
import Posix
import Postgres
import Storage
import Time
import Webhooks

/// Tells tenants how their exports ended, by webhooks, and delivers files by e-mail (`MailDeliveries`).
/// `WebhookMachine` decides; this type acts.
///
///     wait (answers, socket, signals, the next due time) → settle answered messages → claim due ones → send
///
/// Messages lie in the outbox from the moment in which the job's state changed. This process only moves them: a message
/// is leased, sent, and settled by the answer; when the process dies in between, the lease runs out and the message is
/// sent again under the same id, by which a receiver knows it. The process forks nothing: libcurl has threads.
final class WebhookService {
    private let configuration: Configuration
    private let loop: ServiceLoop
    private let transfers: Transfers
    private let sender: WebhookSender
    /// nil for a service that sends no e-mail.
    private let mails: MailDeliveries?
    private let link: QueueLink
    private var machine: WebhookMachine

    /// Longer than any delivery takes, its settling included.
    private static let leaseSeconds = 60

    init(
        _ loop: ServiceLoop, _ configuration: Configuration, catalogs: CatalogSet, keys: KeyRing
    ) throws {
        self.configuration = configuration
        self.loop = loop
        transfers = try Transfers()
        sender = WebhookSender(
            transfers, trusted: configuration.webhookTrustedRanges, authorities: configuration.webhookAuthorities)
        mails = try MailDeliveries(configuration, transfers, catalogs: catalogs, keys: keys)
        machine = WebhookMachine(
            RetryDelay(first: configuration.webhookRetrySeconds, attempts: configuration.webhookAttempts))
        link = QueueLink(
            configuration.databaseURL, applicationName: "penstock webhooks", hasThreads: true, loop.heartbeat
        ) { queue in
            try queue.listen(to: "penstock_webhooks")
        }
    }

    func run() throws {
        while true {
            settle()
            mails?.settle(link)
            let hasQueue = link.queue != nil
            if machine.isOver(loop.phase, hasQueue: hasQueue), mails?.isOver(loop.phase, hasQueue: hasQueue) ?? true {
                return
            }
            if loop.phase == .working {
                claim()
                mails?.claim(link)
            }
            let now = Clock.monotonicMilliseconds
            let due = min(
                machine.due(loop.phase, retryAt: link.retryAt, at: now),
                mails?.due(loop.phase, retryAt: link.retryAt, at: now) ?? .max)
            _ = try loop.wait(queue: link, until: due) {
                [transfers] (descriptors, milliseconds) throws(PosixError) in
                transfers.wait(descriptors, milliseconds: milliseconds)
                return try waitReadable(descriptors, milliseconds: 0)
            }
            if loop.phase == .stopping { return }
            if link.queue != nil {
                link.attempt {
                    guard try !$0.connection.notifications().isEmpty else { return }
                    machine.notified()
                    mails?.notified()
                }
            }
        }
    }

    private func claim() {
        guard let room = machine.claim(at: Clock.monotonicMilliseconds) else { return }
        let answer = link.attempt { queue in
            let table = WebhookTable(queue.connection)
            let messages = try table.claim(
                atMost: room.messages, perTenant: machine.perTenant, busy: Array(room.busy),
                leaseSeconds: Self.leaseSeconds)
            try send(messages, queue, table)
            let next = messages.isEmpty ? try table.millisecondsUntilNext() : nil
            machine.claimed(messages.count, next: next, room, at: Clock.monotonicMilliseconds)
            if machine.isPruneDue(at: Clock.monotonicMilliseconds) {
                try table.prune(keepDays: configuration.retentionDays)
                try MailTable(queue.connection).prune(keepDays: configuration.retentionDays)
            }
        }
        if answer != .done { machine.claimFailed(retryAt: link.retryAt, at: Clock.monotonicMilliseconds) }
    }

    /// Sends each message by itself: one that cannot be made costs the others nothing. When the database goes away
    /// meanwhile, those that are left are given back untried.
    /// - Throws: the error of a database that went away.
    private func send(_ messages: [WebhookTable.Message], _ queue: Queue, _ table: WebhookTable) throws {
        var outage: PostgresError?
        for message in messages {
            if outage != nil {
                machine.putBack(message)
                continue
            }
            do {
                if let fault = message.fault { throw MessageFault(description: fault) }
                send(message, try payload(of: message, queue, table))
            } catch let error as PostgresError where error.isTransient {
                outage = error
                machine.putBack(message)
            } catch {
                Log.error(
                    "webhook not made", ("job", .string(message.job.description)),
                    ("error", .string(String(reflecting: error))))
                let failure = (error as? MessageFault)?.description ?? "the message could not be made"
                machine.finish(message, DeliveryOutcome(status: nil, failure: failure, retryAfter: nil))
            }
        }
        if let outage { throw outage }
    }

    private struct MessageFault: Error { let description: String }

    /// The message's body: the job in the words of the Exports API as it was when the message was first sent, without
    /// a link.
    private func payload(
        of message: WebhookTable.Message, _ queue: Queue, _ table: WebhookTable
    ) throws -> String? {
        if let payload = message.payload { return payload }
        guard let job = try queue.publishedJob(id: message.job) else { return nil }
        var data = job.exportsJSON().object ?? JSON.Object()
        data["downloadUrl"] = nil
        let body: JSON = [
            "type": .string(message.event), "timestamp": .string(message.happenedAt.exactRFC3339),
            "data": .object(data),
        ]
        return try table.keep(payload: body.text, of: message.id)
    }

    private func send(_ message: WebhookTable.Message, _ payload: String?) {
        guard let payload else { return machine.giveUp(message) }
        do {
            // The trusted ranges may have become fewer since the endpoint was set.
            _ = try Destination(message.url, trusted: configuration.webhookTrustedRanges)
        } catch {
            return machine.finish(
                message, DeliveryOutcome(status: nil, failure: error.description, retryAfter: nil))
        }
        machine.sent(message)
        let signed = SignedMessage(
            id: "msg_\(message.id)", timestamp: Clock.wallMicroseconds / 1_000_000, body: Array(payload.utf8),
            secrets: message.secrets, trace: message.trace)
        sender.send(signed, to: message.url) { [unowned self] outcome in machine.answered(message, outcome) }
    }

    /// Stores the results of messages, in order; those that cannot be stored now stay for the next turn.
    private func settle() {
        while let settlement = machine.settlements.first {
            let answer = link.attempt {
                try WebhookTable($0.connection).settle(settlement.message, settlement.ending)
            }
            if answer == .later { return }
            machine.settled()
            log(settlement)
        }
    }

    private func log(_ settlement: WebhookMachine.Settlement) {
        let message = settlement.message
        let fields: [(String, JSON)] =
            [
                ("job", .string(message.job.description)), ("tenant", .string(message.tenant)),
                ("attempt", .int(message.attempt)),
            ] + Log.trace(message.trace)
        switch settlement.ending {
        case .released: break
        case .delivered: Log.write(.info, "webhook delivered", fields)
        case .gone: Log.write(.warning, "webhook endpoint gone", fields)
        case .failed(_, let failure, let delay):
            Log.write(
                .warning, "webhook not delivered",
                fields + [("failure", .string(failure)), ("retry_seconds", .int(orNull: delay))])
        }
    }
}
