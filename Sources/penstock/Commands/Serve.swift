import ArgumentParser
import Configuration
import Glibc
import Posix
import Service

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the service: all its processes under one supervisor.",
        discussion: """
            Signals: TERM finishes what has begun and ends; a second TERM, or INT, stops now and gives running exports \
            back; HUP reads catalogs and keys again without a failed request.

            Settings, as PENSTOCK_<NAME> in the environment or <NAME> in the --config file:

            \(settings)
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(
        name: .long,
        help:
            "Run only this part on this host: responder, dispatcher, housekeeper, scheduler or webhooks. May be repeated."
    )
    var role: [Role] = []

    func run() throws {
        try command {
            // What the service makes is for its user and, to be read, its group. Some files have narrower modes.
            umask(umask(0) | 0o027)
            let (configuration, files) = try options.service()
            Log.least = configuration.logLevel
            try check(configuration, files)
            let supervisor = try Supervisor(
                configuration, files: files, roles: Set(role.isEmpty ? Role.allCases : role))
            try supervisor.run()
        }
    }

    /// In a child of its own: the supervisor must never have touched a database. A database that is away is no reason
    /// to stay down; the service starts, answers 503, and works as soon as it is there.
    private func check(_ configuration: Configuration, _ files: ServiceFiles) throws {
        SignalDescriptor.block([.child])
        let pid = try ChildProcess.fork(name: "pst-check", keeping: []) {
            _exit(ServiceCheck(configuration, files).run().exitStatus)
        }
        var status: Int32 = 0
        try retryingInterrupts("waitpid") { waitpid(pid, &status, 0) }
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : ExitStatus.software
        guard code == 0 || code == ExitStatus.unavailable else {
            throw CommandFailure("the check before the start has failed; penstock check shows it alone", code)
        }
    }

    private static var settings: String {
        Settings.all.map { setting in
            let fallback = setting.defaultText.map { " [\($0)]" } ?? ""
            return "  \(setting.name)\(fallback)\n      \(setting.purpose)"
        }.joined(separator: "\n")
    }
}

extension Role: ExpressibleByArgument {
    /// The processes for events and the audit come with the responders of their host, and are not asked for by name.
    public init?(argument: String) {
        guard let role = Role(rawValue: argument), ![.events, .audit].contains(role) else { return nil }
        self = role
    }

    public static var allValueStrings: [String] { allCases.filter { ![.events, .audit].contains($0) }.map(\.rawValue) }
}
