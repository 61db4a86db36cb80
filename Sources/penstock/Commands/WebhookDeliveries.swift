import ArgumentParser
import Configuration
import JSON
import Posix
import Time
import Webhooks

struct WebhooksDeliveries: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "List messages, newest first, and what became of them.",
        discussion: "They are kept as long as files are (RETENTION_DAYS).")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Only this tenant's.") var tenant: String?
    @Flag(help: "Only those that have not arrived, and were tried or given up.") var failed = false
    @Option(help: "How many, at most 10000.") var limit = 100
    @Flag(name: .long, help: "Print one JSON array.") var json = false

    func run() throws {
        try command {
            guard (1...10_000).contains(limit) else {
                throw CommandFailure("--limit must be from 1 to 10000", ExitStatus.usage)
            }
            let deliveries = try WebhookTable(try options.database("webhooks")).deliveries(
                tenant: tenant, failed: failed, atMost: limit)
            if json { return Terminal.json(.array(deliveries.map(\.json))) }
            Terminal.table(
                ["ID", "TENANT", "EVENT", "HAPPENED", "STATE", "ATTEMPTS", "STATUS", "ERROR"],
                deliveries.map {
                    [
                        $0.id.description, $0.tenant, $0.event, $0.happenedAt.rfc3339, $0.state, "\($0.attempts)",
                        $0.lastStatus.map(String.init) ?? "-", $0.lastError ?? "-",
                    ]
                })
        }
    }
}

extension WebhookTable.StoredDelivery {
    fileprivate var json: JSON {
        [
            "id": .string(id.description), "job": .string(job.description), "tenant": .string(tenant),
            "event": .string(event), "happenedAt": .string(happenedAt.rfc3339), "state": .string(state),
            "attempts": .int(attempts), "deliveredAt": .string(orNull: deliveredAt?.rfc3339),
            "dueAt": .string(orNull: dueAt?.rfc3339), "status": .int(orNull: lastStatus),
            "error": .string(orNull: lastError),
        ]
    }
}

struct WebhooksResend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resend", abstract: "Send a message again, under the same id, whatever became of it.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The message's id, as webhooks deliveries shows it.") var id: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let text = id.hasPrefix("msg_") ? String(id.dropFirst(4)) : id
            guard let message = UUID(text) else {
                throw CommandFailure("\(id) is no id of a message", ExitStatus.usage)
            }
            switch try WebhookTable(try options.database("webhooks")).resend(message) {
            case .queued:
                Terminal.outcome(
                    "\(message) is sent again", ["id": .string(message.description), "queued": true], asJSON: json)
            case .noEndpoint:
                throw CommandFailure("the tenant of \(message) has no webhook that takes messages", ExitStatus.noInput)
            case .unknown: throw CommandFailure("there is no message \(message)", ExitStatus.noInput)
            }
        }
    }
}
