import ArgumentParser
import Configuration
import JSON
import Mail
import Posix
import Time
import Webhooks

struct DeliveriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "See what became of exports that are delivered by e-mail.",
        discussion: """
            An export that was asked for with deliver is sent to each of its addresses when it is ready, as a link or an \
            attachment, until the server of SMTP_URL has taken it, refused it for good, or all attempts are used.
            """,
        subcommands: [DeliveriesList.self, DeliveriesShow.self, DeliveriesSend.self, DeliveriesTest.self],
        defaultSubcommand: DeliveriesList.self)
}

/// - Throws: `CommandFailure` for a text that is no id.
private func deliveryID(_ text: String) throws -> UUID {
    guard let id = UUID(text.hasPrefix("mail:") ? String(text.dropFirst(5)) : text) else {
        throw CommandFailure("\(text) is no id of a delivery", ExitStatus.usage)
    }
    return id
}

private func missing(_ id: UUID) -> CommandFailure {
    CommandFailure("there is no delivery \(id)", ExitStatus.noInput)
}

struct DeliveriesList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List deliveries, newest first, and what became of them.",
        discussion: "They are kept as long as files are (RETENTION_DAYS).")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Only this tenant's.") var tenant: String?
    @Option(help: "Only those of this export.") var export: String?
    @Flag(help: "Only those that have not arrived, and were tried or given up.") var failed = false
    @Option(help: "How many, at most 10000.") var limit = 100
    @Flag(name: .long, help: "Print one JSON array.") var json = false

    func run() throws {
        try command {
            guard (1...10_000).contains(limit) else {
                throw CommandFailure("--limit must be from 1 to 10000", ExitStatus.usage)
            }
            let job = try export.map { text in
                guard let id = UUID(text) else {
                    throw CommandFailure("--export \(text) is no id of an export", ExitStatus.usage)
                }
                return id
            }
            let mails = try MailTable(try options.database("deliveries")).list(
                tenant: tenant, job: job, failed: failed, atMost: limit)
            if json { return Terminal.json(.array(mails.map(\.json))) }
            Terminal.table(
                ["ID", "TENANT", "EXPORT", "TO", "HAPPENED", "STATE", "ATTEMPTS", "STATUS", "ERROR"],
                mails.map {
                    [
                        $0.id.description, $0.tenant, $0.job.description, $0.recipient, $0.happenedAt.rfc3339, $0.state,
                        "\($0.attempts)", $0.lastStatus.map(String.init) ?? "-", $0.lastError ?? "-",
                    ]
                })
        }
    }
}

struct DeliveriesShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show all that is known of a delivery.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "Its id, as deliveries list shows it.") var id: String

    func run() throws {
        try command {
            let id = try deliveryID(id)
            let table = MailTable(try options.database("deliveries"))
            guard let mail = try table.list(tenant: nil, id: id, atMost: 1).first else {
                throw missing(id)
            }
            Terminal.json(mail.json)
        }
    }
}

extension MailTable.Stored {
    fileprivate var json: JSON {
        [
            "id": .string(id.description), "job": .string(job.description), "tenant": .string(tenant),
            "event": .string(event), "to": .string(recipient), "happenedAt": .string(happenedAt.rfc3339),
            "state": .string(state), "content": .string(orNull: content),
            "linkEndsAt": .string(orNull: linkEndsAt?.rfc3339), "attempts": .int(attempts),
            "deliveredAt": .string(orNull: deliveredAt?.rfc3339), "dueAt": .string(orNull: dueAt?.rfc3339),
            "status": .int(orNull: lastStatus), "error": .string(orNull: lastError),
        ]
    }
}

struct DeliveriesSend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send a delivery again, under the same Message-ID, whatever became of it.",
        discussion:
            "Its link is a new one. What has expired, and what its requester may not have any more, is not sent.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "Its id, as deliveries list shows it.") var id: String

    func run() throws {
        try command {
            let id = try deliveryID(id)
            guard try MailTable(try options.database("deliveries")).resend(id) else {
                throw missing(id)
            }
            Terminal.line("\(id) is sent again")
        }
    }
}

struct DeliveriesTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a message without a file to an address now, from this host.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Of one of MAIL_DOMAINS.") var to: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let values = try options.values()
            guard let address = MailAddress(to) else {
                throw CommandFailure("--to \(to) is no address of e-mail", ExitStatus.usage)
            }
            guard let server = try values[\.mailServer], let from = try values[\.mailFrom] else {
                throw CommandFailure("nothing is delivered by e-mail: SMTP_URL is not set", ExitStatus.configuration)
            }
            guard try values[\.mailDomains].contains(address.domain) else {
                throw CommandFailure(
                    "nothing is delivered to \(address.domain), which is none of MAIL_DOMAINS", ExitStatus.usage)
            }
            let transfers = try Transfers()
            let sender = MailSender(
                transfers, server, try values[\.mailEncryption], authorities: try values[\.mailAuthorities],
                passwordFile: try values[\.mailPassword])
            var outcome: DeliveryOutcome?
            sender.send(
                MailMessage(
                    from: from, to: address, id: UUID.version7().description,
                    date: Timestamp(microseconds: Clock.wallMicroseconds), subject: "Penstock: test of deliveries",
                    text: "This message was sent by penstock deliveries test.\n")
            ) { outcome = $0 }
            while outcome == nil { transfers.wait([], milliseconds: 1000) }
            if json {
                Terminal.json([
                    "to": .string(address.description), "delivered": .bool(outcome?.isDelivered ?? false),
                    "status": .int(orNull: outcome?.status), "failure": .string(orNull: outcome?.failure),
                ])
            }
            guard outcome?.isDelivered == true else {
                throw CommandFailure(
                    "the message was not taken: \(outcome?.failure ?? "no answer")", ExitStatus.unavailable)
            }
            if !json { Terminal.line("the server has taken the message to \(address)") }
        }
    }
}
