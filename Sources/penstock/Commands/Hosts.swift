import ArgumentParser
import Configuration
import Glibc
import JSON
import Jobs
import Posix
import Time

struct HostsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hosts", abstract: "List the hosts that make exports, and have one take no more of them.",
        subcommands: [HostsList.self, HostsDrain.self, HostsResume.self], defaultSubcommand: HostsList.self)
}

struct HostsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the hosts that make exports, with their last signs of life.",
        discussion: """
            A host that is alive renews its lease every three seconds. One that has ended, or was cut off, stays in the list \
            for an hour. A host that is reloading is there twice: its old dispatcher finishes what it holds.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Flag(name: .long, help: "Print one JSON array.") var json = false

    func run() throws {
        try command {
            let hosts = try Queue(try options.database("hosts")).hosts()
            if json { return Terminal.json(.array(hosts.map(\.commandJSON))) }
            Terminal.table(
                ["HOST", "VERSION", "STATE", "RUNNING", "WORKERS", "SINCE", "LAST SIGN OF LIFE"],
                hosts.map { host in
                    [
                        host.host, host.version ?? "-", host.state, "\(host.running)",
                        host.workers.map { "\($0)" } ?? "-", host.startedAt?.rfc3339 ?? "-",
                        host.renewedAt?.rfc3339 ?? "-",
                    ]
                })
        }
    }
}

struct HostsDrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Have a host take no more exports; it finishes those that it has.",
        discussion: """
            The host learns it within three seconds. It goes on answering requests, which the other hosts' exports are made \
            for, and stays drained over restarts until `penstock hosts resume`.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The host's name, as `penstock hosts` shows it.") var host: String
    @Flag(help: "Wait until nothing runs on it.") var wait = false
    @Option(name: .customLong("within"), help: "With --wait: for how many seconds at most; then exit status 75.")
    var seconds: Int = 3600
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let queue = Queue(try options.database("hosts"))
            guard try queue.drain(host: host) else {
                let known = Set(try queue.hosts().map(\.host)).sorted().joined(separator: ", ")
                throw CommandFailure(
                    "no host \(host) has lived within the last hour\(known.isEmpty ? "" : "; those that have: \(known)")",
                    ExitStatus.noInput)
            }
            if !json { Terminal.line("\(host) takes no more exports") }
            guard wait else {
                if json { Terminal.json(["host": .string(host), "draining": true]) }
                return
            }
            let end = Clock.monotonicMilliseconds + Int64(seconds) * 1000
            while true {
                let dispatchers = try queue.hosts().filter { $0.host == host }
                if dispatchers.allSatisfy(\.isDrained) {
                    return Terminal.outcome(
                        "\(host) has nothing running", ["host": .string(host), "draining": true, "running": 0],
                        asJSON: json)
                }
                guard Clock.monotonicMilliseconds < end else {
                    let running = dispatchers.reduce(0) { $0 + $1.running }
                    throw CommandFailure(
                        "\(host) still has \(running) running after \(seconds) s", ExitStatus.temporary)
                }
                sleep(1)
            }
        }
    }
}

struct HostsResume: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Have a host that was drained take exports again.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The host's name, as `penstock hosts` shows it.") var host: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let wasDraining = try Queue(options.database("hosts")).resume(host: host)
            guard wasDraining else { throw CommandFailure("\(host) is not drained", ExitStatus.noInput) }
            Terminal.outcome(
                "\(host) takes exports again", ["host": .string(host), "draining": false], asJSON: json)
        }
    }
}

extension HostSight {
    fileprivate var state: String {
        guard isAlive else { return renewedAt == nil ? "ended" : "lost" }
        return isDraining ? isDrained ? "drained" : "draining" : "alive"
    }

    fileprivate var commandJSON: JSON {
        [
            "host": .string(host), "version": version.map(JSON.string) ?? .null, "state": .string(state),
            "running": .int(running), "workers": workers.map { .int($0) } ?? .null,
            "startedAt": startedAt.map { .string($0.rfc3339) } ?? .null,
            "renewedAt": renewedAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }
}
