import ArgumentParser
import Configuration
import Glibc
import JSON
import Jobs
import Posix
import Time

struct TenantsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenants", abstract: "List tenants, and raise the limits of one for a time.",
        subcommands: [TenantsList.self, TenantsRaise.self, TenantsClear.self], defaultSubcommand: TenantsList.self)
}

struct TenantsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tenants that have exports pending or running, or raised limits.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "How many, at most; those with most to do first.") var limit = 100
    @Flag(name: .long, help: "Print one JSON array.") var json = false

    func run() throws {
        try command {
            try NameCheck.limit(limit)
            let tenants = try options.queue("tenants").tenants(limit: limit)
            if json { return Terminal.json(.array(tenants.map(\.commandJSON))) }
            Terminal.table(
                ["TENANT", "PENDING", "RUNNING", "MAY RUN", "MAY QUEUE", "UNTIL", "RAISED BY"],
                tenants.map { tenant in
                    [
                        tenant.tenant, "\(tenant.pending)", "\(tenant.running)",
                        tenant.limits.running.map { "\($0)" } ?? "-", tenant.limits.queued.map { "\($0)" } ?? "-",
                        tenant.until?.rfc3339 ?? "-", tenant.setBy ?? "-",
                    ]
                })
        }
    }
}

struct TenantsRaise: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raise", abstract: "Raise the limits of one tenant for a time.",
        discussion: """
            In place of what was raised before, on all hosts, by the database's clock; hosts see it within five seconds. A \
            number that is not above the setting changes nothing. When the time is over the settings hold again: what runs \
            beyond them ends in its own time. The audit has who did it.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The tenant.") var tenant: String
    @Option(help: "Exports that may run at the same time, in place of TENANT_RUNNING, at most 256.") var running: Int?
    @Option(help: "Exports that may be pending or running, in place of TENANT_QUEUED.") var queued: Int?
    @Option(help: "For how many hours, at most 8760.") var hours: Int
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            try NameCheck.text("the tenant", tenant)
            guard running != nil || queued != nil else {
                throw CommandFailure("neither --running nor --queued says what is raised", ExitStatus.usage)
            }
            try Self.check("--running", running, upTo: 256)
            try Self.check("--queued", queued, upTo: 10_000_000)
            try Self.check("--hours", hours, upTo: 8760)
            let until = try options.queue("tenants").raise(
                RaisedLimits(running: running, queued: queued), of: tenant, seconds: hours * 3600, who: Caller.name,
                told: Caller.command)
            Terminal.outcome(
                "raised until \(until?.rfc3339 ?? "-")",
                ["tenant": .string(tenant), "until": .string(orNull: until?.rfc3339)], asJSON: json)
        }
    }

    private static func check(_ option: String, _ value: Int?, upTo most: Int) throws(CommandFailure) {
        guard let value, !(1...most).contains(value) else { return }
        throw CommandFailure("\(option) \(value) is not from 1 to \(most)", ExitStatus.usage)
    }
}

struct TenantsClear: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Let the settings hold for a tenant again, before its time is over.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The tenant.") var tenant: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            guard try options.queue("tenants").clearLimits(of: tenant, who: Caller.name, told: Caller.command) else {
                throw CommandFailure("tenant \(tenant) has no raised limits", ExitStatus.noInput)
            }
            Terminal.outcome("cleared \(tenant)", ["tenant": .string(tenant), "cleared": true], asJSON: json)
        }
    }
}

/// Who has called the program, and how, for the audit.
private enum Caller {
    static var name: String {
        let login = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())"
        return "\(login)@\(Host.name)"
    }

    static var command: String { (["penstock"] + CommandLine.arguments.dropFirst()).joined(separator: " ") }
}

extension TenantSight {
    fileprivate var commandJSON: JSON {
        [
            "tenant": .string(tenant), "pending": .int(pending), "running": .int(running),
            "mayRun": limits.running.map { .int(Int64($0)) } ?? .null,
            "mayQueue": limits.queued.map { .int(Int64($0)) } ?? .null,
            "until": .string(orNull: until?.rfc3339), "raisedBy": .string(orNull: setBy),
        ]
    }
}
