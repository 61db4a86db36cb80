import ArgumentParser
import Configuration
import JSON
import Jobs
import Time

struct HostsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hosts", abstract: "List the hosts that make exports, with their last signs of life.",
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

extension HostSight {
    fileprivate var state: String { isAlive ? "alive" : renewedAt == nil ? "ended" : "lost" }

    fileprivate var commandJSON: JSON {
        [
            "host": .string(host), "version": version.map(JSON.string) ?? .null, "state": .string(state),
            "running": .int(running), "workers": workers.map { .int($0) } ?? .null,
            "startedAt": startedAt.map { .string($0.rfc3339) } ?? .null,
            "renewedAt": renewedAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }
}
