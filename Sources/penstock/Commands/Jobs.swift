import ArgumentParser
import Configuration
import JSON
import Jobs
import Posix
import Time

struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List, show, watch, cancel and retry exports.",
        subcommands: [JobsList.self, JobsShow.self, JobsWatch.self, JobsCancel.self, JobsRetry.self],
        defaultSubcommand: JobsList.self)
}

struct JobsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List exports, newest first: of a tenant, or of all.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The tenant; all of them when left out.") var tenant: String?
    @Option(help: "pending, processing, ready, failed, cancelled or expired.") var state: String?
    @Option(help: "Only this module.") var module: String?
    @Option(help: "Only this catalog.") var catalog: String?
    @Option(help: "How many, at most.") var limit = 20
    @Flag(name: .long, help: "Print one JSON array.") var json = false

    func run() throws {
        try command {
            try NameCheck.limit(limit)
            if let state, JobState(rawValue: state) == nil {
                throw CommandFailure("--state", state, of: JobState.allCases.map(\.rawValue))
            }
            let queue = Queue(try options.database("jobs"))
            let state = state.flatMap(JobState.init)
            let jobs: [Job]
            var total: Total?
            if let tenant {
                (jobs, total) = try queue.jobs(
                    JobFilter(tenant: tenant, module: module, catalog: catalog, state: state),
                    limit: limit, offset: 0, whole: json)
            } else {
                jobs = try queue.newestJobs(module: module, catalog: catalog, state: state, limit: limit)
            }
            if json { return Terminal.json(.array(jobs.map(\.commandJSON))) }
            Terminal.table(
                ["ID", "TENANT", "CATALOG", "STATE", "ROWS", "BYTES", "REQUESTED", "BY", "REASON"],
                jobs.map {
                    [
                        $0.id.description, $0.tenant, "\($0.module)/\($0.catalog)", $0.state.rawValue,
                        "\($0.file?.rows ?? $0.progress.done)", $0.file.map { "\($0.size)" } ?? "-",
                        $0.requestedAt.rfc3339, $0.requestedBy, $0.reason ?? "-",
                    ]
                })
            if let total, total.count > Int64(jobs.count) {
                Terminal.line("\(jobs.count) of \(total.isEstimated ? "about " : "")\(total.count)")
            }
        }
    }
}

struct JobsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show all there is to know of an export.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The export's id.") var id: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let queue = Queue(try options.database("jobs"))
            guard let uuid = UUID(id), let job = try queue.publishedJob(id: uuid) else {
                throw CommandFailure("there is no export \(id)", ExitStatus.noInput)
            }
            if json { return Terminal.json(job.commandJSON) }
            for (name, value) in job.commandJSON.object?.members ?? [] {
                Terminal.line("\(name): \(value.string ?? value.text)")
            }
        }
    }
}

struct JobsCancel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel an export that is pending or running.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The export's id.") var id: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let queue = Queue(try options.database("jobs"))
            guard let uuid = UUID(id), let job = try queue.publishedJob(id: uuid) else {
                throw CommandFailure("there is no export \(id)", ExitStatus.noInput)
            }
            guard try queue.cancel(tenant: job.tenant, id: uuid) != nil else {
                throw CommandFailure(
                    "export \(id) is \(job.state.rawValue) and cannot be cancelled", ExitStatus.dataError)
            }
            Terminal.outcome("cancelled \(id)", ["id": .string(id), "state": "cancelled"], asJSON: json)
        }
    }
}

extension Job {
    /// Everything, for programs.
    var commandJSON: JSON {
        [
            "id": .string(id.description), "serial": .int(serial), "tenant": .string(tenant), "module": .string(module),
            "catalog": .string(catalog), "format": .string(format), "state": .string(state.rawValue),
            "source": .string(source.rawValue), "interval": .string(orNull: interval?.rawValue),
            "schedule": .string(orNull: schedule?.description), "notify": .bool(notify),
            "notifiedAt": .string(orNull: notifiedAt?.rfc3339), "attempts": .int(attempts),
            "maxAttempts": .int(maxAttempts), "requestedBy": .string(requestedBy),
            "requestedAt": .string(requestedAt.rfc3339), "startedAt": .string(orNull: startedAt?.rfc3339),
            "completedAt": .string(orNull: completedAt?.rfc3339), "expiresAt": .string(orNull: expiresAt?.rfc3339),
            "progressDone": .int(progress.done), "progressTotal": .int(orNull: progress.total),
            "fileName": .string(orNull: file?.name), "storedPath": .string(orNull: file?.storedPath),
            "fileDeleted": .bool(fileDeleted), "rowsKeptUntil": .string(orNull: keptRows?.expiresAt.rfc3339),
            "reexportOf": .string(orNull: reexport?.report.description), "errorCode": .string(orNull: errorCode),
            "errorSummary": .string(orNull: errorSummary), "waits": .int(waits), "interruptions": .int(interruptions),
            "runAfter": .string(runAfter.rfc3339), "attemptErrorCode": .string(orNull: attemptError?.code),
            "attemptErrorSummary": .string(orNull: attemptError?.summary),
            "attemptSqlstate": .string(orNull: attemptError?.sqlState),
            "attemptErrorDetail": .string(orNull: attemptError?.detail), "request": request,
            "receipt": file?.receipt ?? .null,
        ]
    }
}
