import ArgumentParser
import JSON
import Jobs
import Posix

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "List download attempts, newest first.",
        discussion: "Every attempt is here, the refused ones too; the table takes no change.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Only this tenant.") var tenant: String?
    @Option(help: "Only this export.") var job: String?
    @Option(help: "How many, at most.") var limit = 50
    @Flag(name: .long, help: "Print one JSON array.") var json = false

    func run() throws {
        try command {
            try NameCheck.limit(limit)
            if let job, UUID(job) == nil { throw CommandFailure("--job \(job) is no id", ExitStatus.usage) }
            let queue = Queue(try options.database("audit", settings: Queue.settings))
            let entries = try queue.downloads(tenant: tenant, job: job.flatMap { UUID($0) }, limit: limit)
            if json {
                return Terminal.json(
                    .array(
                        entries.map {
                            [
                                "at": .string($0.at.rfc3339), "tenant": .string(orNull: $0.attempt.tenant),
                                "job": .string(orNull: $0.attempt.job?.description),
                                "subject": .string(orNull: $0.attempt.subject),
                                "via": .string($0.attempt.via.rawValue), "outcome": .string($0.attempt.outcome),
                                "status": .int($0.attempt.status),
                                "remoteAddress": .string(orNull: $0.attempt.remoteAddress),
                                "userAgent": .string(orNull: $0.attempt.userAgent),
                                "range": .string(orNull: $0.attempt.range),
                                "requestId": .string(orNull: $0.attempt.requestID),
                            ]
                        }))
            }
            Terminal.table(
                ["AT", "TENANT", "JOB", "WHO", "VIA", "OUTCOME", "STATUS", "FROM"],
                entries.map {
                    [
                        $0.at.rfc3339, $0.attempt.tenant ?? "-", $0.attempt.job?.description ?? "-",
                        $0.attempt.subject ?? "-", $0.attempt.via.rawValue, $0.attempt.outcome, "\($0.attempt.status)",
                        $0.attempt.remoteAddress ?? "-",
                    ]
                })
        }
    }
}
