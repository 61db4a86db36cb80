import API
import Catalog
import Configuration
import Generation
import JSON
import Jobs
import Mail
import Posix
import Postgres
import Storage
import Time
import Webhooks

/// Delivers finished exports by e-mail, in the process of webhooks. An `OutboxMachine` decides; this type acts.
///
///     claimed: the requester may still export ──▶ the job, as it is now ──▶ he may still see its file, the domain is
///     allowed ──▶ link or attachment, written into the audit ──▶ sent ──▶ settled
///
/// A message is leased, sent, and settled by the answer; when the process dies in between, the lease runs out and the
/// message is sent again under the same Message-ID.
final class MailDeliveries {
    private let configuration: Configuration
    private let from: Mailbox
    private let sender: MailSender
    private let access: FileAccess
    private let policy: MailPolicy
    private let signer: LinkSigner
    private let storage: any FileStore
    private var machine: OutboxMachine<MailTable.Message>

    /// Longer than any attempt takes, its settling included.
    private static let leaseSeconds = 300
    /// A piece of an attachment comes while all else waits, from a store whose answer may be long in coming.
    private static let patience: Int64 = 5_000

    /// - Returns: nil for a service that sends no e-mail.
    /// - Throws: when the home of the files cannot be opened.
    init?(_ configuration: Configuration, _ transfers: Transfers, catalogs: CatalogSet, keys: KeyRing) throws {
        guard let server = configuration.mailServer, let from = configuration.mailFrom else { return nil }
        self.configuration = configuration
        self.from = from
        sender = MailSender(
            transfers, server, configuration.mailEncryption, authorities: configuration.mailAuthorities,
            passwordFile: configuration.mailPassword)
        access = FileAccess(catalogs)
        policy = MailPolicy(configuration)
        signer = LinkSigner(keys)
        storage = try configuration.openedStorage(patience: Self.patience)
        machine = OutboxMachine(
            RetryDelay(first: configuration.mailRetrySeconds, attempts: configuration.mailAttempts), atOnce: 8,
            perTenant: 4)
    }

    func due(_ phase: ServiceLoop.Phase, retryAt: Int64, at now: Int64) -> Int64 {
        machine.due(phase, retryAt: retryAt, at: now)
    }

    func isOver(_ phase: ServiceLoop.Phase, hasQueue: Bool) -> Bool { machine.isOver(phase, hasQueue: hasQueue) }

    func notified() { machine.notified() }

    func claim(_ link: QueueLink) {
        guard let room = machine.claim(at: Clock.monotonicMilliseconds) else { return }
        let answer = link.attempt { queue in
            let table = MailTable(queue.connection)
            let messages = try table.claim(
                atMost: room.messages, perTenant: machine.perTenant, busy: Array(room.busy),
                leaseSeconds: Self.leaseSeconds)
            try send(messages, queue, table)
            let next = messages.isEmpty ? try table.millisecondsUntilNext() : nil
            machine.claimed(messages.count, next: next, room, at: Clock.monotonicMilliseconds)
        }
        if answer != .done { machine.claimFailed(retryAt: link.retryAt, at: Clock.monotonicMilliseconds) }
    }

    /// Sends each message by itself. When the database goes away meanwhile, those that are left are given back untried.
    /// - Throws: the error of a database that went away.
    private func send(_ messages: [MailTable.Message], _ queue: Queue, _ table: MailTable) throws {
        var outage: PostgresError?
        for message in messages {
            if outage != nil {
                machine.putBack(message)
                continue
            }
            do {
                try send(message, queue, table)
            } catch let error as PostgresError where error.isTransient {
                outage = error
                machine.putBack(message)
            } catch let fault as MailFault {
                machine.finish(
                    message,
                    DeliveryOutcome(
                        status: nil, failure: fault.description, retryAfter: nil, isFinal: fault.isFinal))
            } catch {
                Log.error(
                    "e-mail not made", ("job", .string(message.job.description)),
                    ("error", .string(String(reflecting: error))))
                machine.finish(
                    message, DeliveryOutcome(status: nil, failure: "the message could not be made", retryAfter: nil))
            }
        }
        if let outage { throw outage }
    }

    /// - Throws: `MailFault` for a message that must not be sent; `PostgresError`.
    private func send(_ message: MailTable.Message, _ queue: Queue, _ table: MailTable) throws {
        func refuse(_ reason: String) -> MailFault { MailFault(reason, isFinal: true) }
        guard let recipient = message.recipient, policy.allows(recipient) else {
            throw refuse("nothing is delivered to this domain (MAIL_DOMAINS)")
        }
        guard let job = try queue.publishedJob(id: message.job),
            let wanted = MailDelivery(stored: job.request["deliver"])
        else { throw refuse("the job is gone") }
        let letter = MailLetter(job, wanted, from: from, to: recipient, message)
        guard message.event == .ready else {
            try table.announce(message, .notice)
            return send(letter.failure, message)
        }
        guard access.isShown(job, to: job.requester(now: message.access)) else {
            throw refuse("the requester may not have the file any more")
        }
        guard job.state.isDownloadable, let file = job.file, let stored = StoredFileName(relativePath: file.storedPath),
            let end = job.expiresAt, end.seconds > Clock.wallMicroseconds / 1_000_000
        else { throw refuse("the file is not there any more") }
        if wanted.attach, file.size <= configuration.mailAttachmentBytes ?? .max {
            let reading = try reading(stored, file)
            try table.announce(message, .file)
            return send(
                letter.attached(
                    MailMessage.Attachment(
                        fileName: file.name, mediaType: stored.content.mediaType, size: file.size)), message
            ) { try reading.next() }
        }
        let seconds = min(wanted.linkSeconds ?? .max, configuration.mailLinkSeconds)
        let until = min(Clock.wallMicroseconds / 1_000_000 + Int64(seconds), end.seconds)
        let link = DownloadLink(
            tenant: job.tenant, job: job.id, epoch: stored.epoch, fileName: file.name, expires: until, mail: message.id)
        try table.announce(message, .link, until: Timestamp(seconds: until))
        send(
            letter.linked(signer.url(for: link, publicURL: configuration.publicURL), until: Timestamp(seconds: until)),
            message)
    }

    private func send(
        _ letter: MailMessage, _ message: MailTable.Message, file: @escaping () throws -> [UInt8] = { [] }
    ) {
        machine.sent(message)
        sender.send(letter, file: file) { [unowned self] outcome in machine.answered(message, outcome) }
    }

    /// - Throws: `MailFault` for a file that is not there, or has another size than its receipt.
    private func reading(_ name: StoredFileName, _ file: Job.File) throws(MailFault) -> CheckedReading {
        do throws(StorageError) {
            return try CheckedReading(storage.reading(name), size: file.size, sha256: file.sha256)
        } catch {
            throw MailFault(error.code == .missing ? "the file is missing" : "the file cannot be read", isFinal: false)
        }
    }

    /// Stores the results of messages, in order; those that cannot be stored now stay for the next turn.
    func settle(_ link: QueueLink) {
        while let settlement = machine.settlements.first {
            let answer = link.attempt { try MailTable($0.connection).settle(settlement.message, settlement.ending) }
            if answer == .later { return }
            machine.settled()
            log(settlement)
        }
    }

    private func log(_ settlement: OutboxMachine<MailTable.Message>.Settlement) {
        let message = settlement.message
        let fields: [(String, JSON)] = [
            ("job", .string(message.job.description)), ("tenant", .string(message.tenant)),
            ("mail", .string(message.id.description)), ("attempt", .int(message.attempt)),
        ]
        switch settlement.ending {
        case .released, .gone: break
        case .delivered: Log.write(.info, "e-mail delivered", fields)
        case .failed(_, let failure, let delay):
            Log.write(
                .warning, "e-mail not delivered",
                fields + [("failure", .string(failure)), ("retry_seconds", .int(orNull: delay))])
        }
    }
}

extension Job {
    /// The requester as he is now; an operator sees everything.
    fileprivate func requester(now access: JSON?) -> Viewer {
        requestedWith == nil ? .unrestricted : access.map { Viewer($0) } ?? .nobody
    }
}

/// A file on its way into a message, of which the last piece is held back until its size and its digest are those of
/// the receipt: a file that has changed is never sent whole.
private final class CheckedReading {
    private var file: FileReading?
    private let size: Int64
    private let sha256: String
    private var held: [UInt8] = []
    private var taken: Int64 = 0

    init(_ file: consuming FileReading, size: Int64, sha256: String) {
        self.file = consume file
        self.size = size
        self.sha256 = sha256
    }

    /// - Returns: none at the end.
    /// - Throws: `MailFault`.
    func next() throws(MailFault) -> [UInt8] {
        while file != nil {
            let piece = try read()
            taken += Int64(piece.count)
            if piece.isEmpty {
                guard file.take()?.finish() == sha256, taken == size else {
                    throw MailFault("the file is not the one of its receipt", isFinal: true)
                }
                break
            }
            guard taken <= size else { throw MailFault("the file is not the one of its receipt", isFinal: true) }
            let before = held
            held = piece
            if !before.isEmpty { return before }
        }
        let last = held
        held = []
        return last
    }

    private func read() throws(MailFault) -> [UInt8] {
        do throws(StorageError) {
            return try file?.next() ?? []
        } catch {
            throw MailFault("the file cannot be read", isFinal: false)
        }
    }
}
