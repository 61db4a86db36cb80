import ArgumentParser
import Audit
import Configuration
import JSON
import Jobs
import Posix
import Service
import Storage
import Time

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "List download attempts and verify that none was changed or taken away.",
        subcommands: [AuditList.self, AuditVerify.self, AuditHeads.self, AuditPrune.self],
        defaultSubcommand: AuditList.self)
}

struct AuditList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List download attempts, newest first.",
        discussion: """
            Every attempt is here, the refused ones too, and each call by an id that names no export of the caller's \
            (unknown_id); the table takes no change. SENT is what nginx says of a download \
            that was granted: complete, range, head, not_modified, precondition_failed, range_refused or cut, and the bytes; it \
            is empty when nginx does not tell.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Only this tenant.") var tenant: String?
    @Option(help: "Only this export.") var job: String?
    @Option(help: "How many, at most.") var limit = 50
    @Flag(name: .long, help: "Print one JSON array.") var json = false

    func run() throws {
        try command {
            try NameCheck.limit(limit)
            if let job, UUID(job) == nil { throw CommandFailure("--job \(job) is no id", ExitStatus.usage) }
            let table = AuditTable(try options.database("audit"))
            let entries = try table.downloads(tenant: tenant, job: job.flatMap { UUID($0) }, limit: limit)
            if json { return Terminal.json(.array(entries.map(\.commandJSON))) }
            Terminal.table(
                ["AT", "TENANT", "JOB", "WHO", "VIA", "OUTCOME", "STATUS", "SENT", "FROM"],
                entries.map {
                    [
                        $0.at.rfc3339, $0.attempt.tenant ?? "-", $0.attempt.job?.description ?? "-",
                        $0.attempt.subject ?? "-", $0.attempt.via.rawValue, $0.attempt.outcome, "\($0.attempt.status)",
                        $0.transfer.map { "\($0.kind) \($0.bytes)" } ?? "-", $0.attempt.remoteAddress ?? "-",
                    ]
                })
        }
    }
}

extension AuditedDownload {
    fileprivate var commandJSON: JSON {
        [
            "at": .string(at.rfc3339), "tenant": .string(orNull: attempt.tenant),
            "job": .string(orNull: attempt.job?.description), "subject": .string(orNull: attempt.subject),
            "via": .string(attempt.via.rawValue), "outcome": .string(attempt.outcome), "status": .int(attempt.status),
            "remoteAddress": .string(orNull: attempt.remoteAddress), "userAgent": .string(orNull: attempt.userAgent),
            "range": .string(orNull: attempt.range), "requestId": .string(orNull: attempt.requestID),
            "transfer": transfer.map {
                [
                    "kind": .string($0.kind), "method": .string($0.method), "status": .int($0.status),
                    "bytes": .int($0.bytes), "milliseconds": .int($0.milliseconds), "completed": .bool($0.isCompleted),
                ]
            } ?? nil,
        ]
    }
}

struct AuditVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Follow the audit's hash chains from their beginning.",
        discussion: """
            Each row holds the hash of the one before it in its tenant's chain. The first row that was changed, added or taken \
            away breaks the chain there. That the end was cut off shows only against heads that were kept elsewhere: \
            'penstock audit heads --json > FILE' now and then, and --heads FILE here. Where rows were removed because their \
            time was over, a checkpoint stands for them that PENSTOCK_SIGNING_KEYS must have signed. Exit status 65 when a \
            chain is broken.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "A file that 'penstock audit heads --json' has printed. May be repeated.") var heads: [String] = []
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let kept = try heads.flatMap(Self.read)
            let table = AuditTable(try options.database("audit"))
            let signer = try auditSigner(try options.values())
            let result = try AuditVerification(table, heads: kept, signer: signer)
            if json {
                Terminal.json([
                    "ok": .bool(result.broken.isEmpty), "links": .int(result.links),
                    "chains": .array(result.whole.map(\.json)),
                    "broken": .array(
                        result.broken.map {
                            [
                                "chain": .string($0.chain), "link": .int($0.at.number), "reason": .string($0.at.reason),
                            ]
                        }),
                ])
            } else {
                for head in result.whole { Terminal.line("whole\t\(head.chain): \(head.links) links, \(head.hash)") }
                for (chain, at) in result.broken {
                    Terminal.line("BROKEN\t\(chain): at link \(at.number): \(at.reason)")
                }
            }
            if !result.broken.isEmpty { throw ExitCode(ExitStatus.dataError) }
        }
    }

    private static func read(_ path: String) throws -> [AuditHead] {
        let items: [JSON]?
        do {
            items = try JSON.parse(try File.bytes(at: path), limits: .stored).array
        } catch let error as PosixError {
            throw CommandFailure("--heads: \(error.debugDescription)", ExitStatus.noInput)
        } catch {
            throw CommandFailure("--heads \(path): \(error)", ExitStatus.dataError)
        }
        let heads = items?.compactMap { item -> AuditHead? in
            guard let chain = item["chain"]?.string, let links = item["links"]?.int, let hash = item["hash"]?.string
            else { return nil }
            return AuditHead(chain: chain, links: Int64(links), hash: hash)
        }
        guard let heads, heads.count == items?.count else {
            throw CommandFailure(
                "--heads \(path) is not output of 'penstock audit heads --json'", ExitStatus.dataError)
        }
        return heads
    }
}

/// Nil when no signing keys are configured.
private func auditSigner(_ values: SettingValues) throws -> AuditSigner? {
    guard let path = try values[\.signingKeys] else { return nil }
    do {
        return AuditSigner(try KeyRing(contentsOf: path))
    } catch {
        throw CommandFailure("\(path): \(error)", ExitStatus.configuration)
    }
}

struct AuditPrune: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove rows of the audit whose time is over.",
        discussion: """
            The rows go from the beginning of each chain, and a checkpoint that PENSTOCK_SIGNING_KEYS signs stands for them, so \
            that 'audit verify' still proves the rest. A service whose role may do so does this by itself when AUDIT_DAYS is \
            set; for others run this as the owner of the tables.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "How many days a row stays; AUDIT_DAYS when left out.") var days: Int?
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let values = try options.values()
            let setting: Int? = try values[\.auditDays]
            guard let kept = days ?? setting, kept > 0 else {
                throw CommandFailure("give --days, or set AUDIT_DAYS", ExitStatus.usage)
            }
            guard let signer = try auditSigner(values) else {
                throw CommandFailure(
                    "PENSTOCK_SIGNING_KEYS is not set, which signs the checkpoints", ExitStatus.configuration)
            }
            var retention = AuditRetention(AuditTable(try options.database("audit")), signer, days: kept)
            var removed: Int64 = 0
            while let rows = try retention.step() { removed += rows }
            try retention.renewSignatures()
            if json { return Terminal.json(["removed": .int(removed)]) }
            Terminal.line("removed \(removed) rows")
        }
    }
}

struct AuditHeads: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heads", abstract: "Print the end of each of the audit's chains, to be kept elsewhere.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(name: .long, help: "Print one JSON array.") var json = false

    func run() throws {
        try command {
            let heads = try AuditTable(try options.database("audit")).heads()
            if json { return Terminal.json(.array(heads.map(\.json))) }
            Terminal.table(["CHAIN", "LINKS", "HASH"], heads.map { [$0.chain, "\($0.links)", $0.hash] })
        }
    }
}

extension AuditHead {
    fileprivate var json: JSON { ["chain": .string(chain), "links": .int(links), "hash": .string(hash)] }
}
