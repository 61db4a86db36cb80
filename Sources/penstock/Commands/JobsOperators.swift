import ArgumentParser
import Configuration
import Glibc
import JSON
import Jobs
import Posix

struct JobsRetry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Make a failed or cancelled export again, as a new one.",
        discussion: """
            The new export has the request, language and requester of the old one, which stays as it is; its id is printed. An \
            export with a list of keys, and a re-export, are asked for again by their user.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The export's id.") var id: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let values = try options.values()
            let queue = try options.queue("jobs")
            let job = try queue.known(id)
            guard job.state == .failed || job.state == .cancelled else {
                throw CommandFailure("export \(id) is \(job.state.rawValue)", ExitStatus.dataError)
            }
            guard job.filter == nil, job.reexport == nil else {
                let what = job.filter == nil ? "is a re-export" : "has a list of keys, which is not kept"
                throw CommandFailure("export \(id) \(what); its user asks for it again", ExitStatus.dataError)
            }
            guard let new = try queue.repeating(job, maxAttempts: values[\.maxAttempts]).job else {
                throw CommandFailure("the export could not be made", ExitStatus.software)
            }
            Terminal.outcome(new.id.description, new.commandJSON, asJSON: json)
        }
    }
}

struct JobsWatch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follow an export until it is over.",
        discussion: """
            A line for each change of its state or its rows, looked at once a second. Exit status 0 when it has become ready, 1 \
            otherwise.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The export's id.") var id: String
    @Flag(name: .long, help: "Print one JSON object a line.") var json = false

    func run() throws {
        try command {
            let queue = try options.queue("jobs")
            var shown = ""
            while true {
                let job = try queue.known(id)
                let line = json ? job.commandJSON.text : Self.line(job)
                if line != shown { Terminal.line(line) }
                shown = line
                guard job.state.isOpen else {
                    if !job.state.holdsFile { throw ExitCode(1) }
                    return
                }
                sleep(1)
            }
        }
    }

    private static func line(_ job: Job) -> String {
        let rows = job.file?.rows ?? job.progress.done
        let total = job.file == nil ? job.progress.total.map { " of \($0)" } ?? "" : ""
        let reason = job.reason.map { ": \($0)" } ?? ""
        return "\(job.state.rawValue)  \(rows)\(total) rows\(reason)"
    }
}

extension Queue {
    /// - Throws: `CommandFailure` when there is no such export; the queue's errors.
    func known(_ id: String) throws -> Job {
        guard let uuid = UUID(id), let job = try publishedJob(id: uuid) else {
            throw CommandFailure("there is no export \(id)", ExitStatus.noInput)
        }
        return job
    }
}

extension Job {
    /// Why it has failed, or why its last attempt did.
    var reason: String? {
        if let errorCode { return "\(errorCode), \(errorSummary ?? "")" }
        guard state.isOpen, let attemptError else { return nil }
        return "\(attemptError.code), \(attemptError.summary)"
    }
}
