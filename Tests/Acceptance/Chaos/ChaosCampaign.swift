import Glibc
import JSON
import Posix
import Support

/// Two hosts with one storage folder and one PostgreSQL, callers of both, and what a plan does to all of them.
final class ChaosCampaign {
    let faults: FaultStage
    let servers: ChaosServers
    let hosts: [ChaosHost]
    let kinds: [ChaosCallers.Kind]
    let receiver: Receiver
    let callers: ChaosCallers
    let stream: ChaosStream
    let outages = ChaosOutages()
    var random: SplitMix64
    private let seed: UInt64

    var record = ChaosRecord()

    /// What ends after a while, in monotonic milliseconds.
    var endings: [(due: Int64, end: () throws -> Void)] = []
    /// The hosts that are to be started again, and their outages.
    private var restarts: [Int: (due: Int64, outage: Int)] = [:]
    var isCut: Set<Int> = []
    var isSpared: Set<Int> = []
    var isUnmounted = false

    private static let settings = [
        "PENSTOCK_WORKERS": "2",
        "PENSTOCK_TENANT_RUNNING": "4", "PENSTOCK_HANG_SECONDS": "5", "PENSTOCK_STALL_SECONDS": "25",
        "PENSTOCK_WEBHOOK_TRUSTED_RANGES": "127.0.0.0/8", "PENSTOCK_WEBHOOK_RETRY_SECONDS": "1",
    ]

    /// - Parameter rows: how many a large export has; it is made in parts.
    init(seed: UInt64, rows: Int) throws {
        let began = Clock.monotonicMilliseconds
        self.seed = seed
        random = SplitMix64(seed: seed)
        let faults = try FaultStage(
            Self.settings.merging(["DEMO_ROWS": "\(rows)", "PENSTOCK_PARTS_FROM_ROWS": "\(rows / 3)"]) { $1 }, rows: 10)
        kill(faults.supervisor, SIGTERM)
        guard eventually(within: 30, { Process.state(faults.supervisor) == "Z" }) else { throw Unmet("no end of TERM") }
        let servers = try ChaosServers(copying: faults.stage)
        try ChaosLog.begin(on: servers.primary)
        let hosts = try ["a", "b"].map { try ChaosHost($0, faults, servers) }
        guard eventually(within: 30, { hosts.allSatisfy { $0.answers() } }) else {
            throw Unmet("the hosts do not answer: \(hosts[0].log.suffix(1000))")
        }
        receiver = try Receiver()
        let set = try hosts[0].penstock(
            "webhooks", "set", "--tenant", faults.stage.tenant, "--url", receiver.url("/ok"), "--new-secret")
        guard set.status == 0 else { throw Unmet(set.errorText) }
        kinds = try Self.undisturbed(hosts[0].client)
        let clients = hosts.map(\.client)
        // The small ones are twice as many.
        callers = ChaosCallers(clients, kinds + kinds.filter { $0.name.hasPrefix("small") }, outages)
        stream = ChaosStream(clients)
        (self.faults, self.servers, self.hosts) = (faults, servers, hosts)
        took("making it", began)
    }

    /// What each request makes when nothing disturbs it.
    private static func undisturbed(_ client: Client) throws -> [ChaosCallers.Kind] {
        let small = ["csv", "csv.gz", "xlsx"].map { format in
            var request = JobLifeTests.small.object ?? JSON.Object()
            request["format"] = format == "xlsx" ? "xlsx" : "csv"
            if format == "csv.gz" { request["compression"] = "gzip" }
            return ("small \(format)", JSON.object(request))
        }
        let large = ["csv", "csv.gz", "xlsx"].map { ("large \($0)", PartFilesTests.request($0)) }
        let made = try (small + large).map { ($0, $1, try client.create($1)["id"]?.string ?? "") }
        return try made.map { name, request, id in
            let job = try client.job(id, reaching: "ready")
            return ChaosCallers.Kind(name: name, request: request, sha256: job["metadata"]?["sha256"]?.string ?? "")
        }
    }

    // MARK: The campaign

    /// Does all of the plan, and then undoes it.
    func run(_ plan: ChaosPlan) throws {
        let last = try servers.primary.rows("select coalesce(max(change_number), 0) from report_export_jobs")
        let (callers, stream, seed) = (callers, stream, seed)
        let after = last.first?[0].flatMap { Int($0) } ?? 0
        let threads =
            (0..<3).map { number in Background { callers.work(seed: seed &* 10 &+ UInt64(number)) } }
            + [Background { stream.work(after: after) }]
        defer {
            callers.stop()
            stream.stop()
            for thread in threads { thread.join() }
        }
        let began = Clock.monotonicMilliseconds
        for step in plan.steps {
            try tend(until: began + step.at)
            try perform(step.mishap)
        }
        took("the plan", began)
        let over = Clock.monotonicMilliseconds
        callers.stop()
        for ending in endings { try ending.end() }
        endings = []
        _ = try eventually(within: 30) {
            try tend()
            return restarts.isEmpty
        }
        try awaitEnd()
        took("until all had ended", over)
    }

    private func took(_ what: String, _ began: Int64) {
        record.times.append("\(what) \(Double((Clock.monotonicMilliseconds - began) / 100) / 10) s")
    }

    private func tend(until due: Int64) throws {
        _ = try eventually(within: Double(due - Clock.monotonicMilliseconds) / 1000) {
            try tend()
            return false
        }
    }

    /// Ends what is over, and starts services again that have ended.
    private func tend() throws {
        let now = Clock.monotonicMilliseconds
        let due = endings.filter { $0.due <= now }
        endings.removeAll { $0.due <= now }
        for ending in due { try ending.end() }
        for (number, host) in hosts.enumerated() {
            if let restart = restarts[number] {
                guard restart.due <= now else { continue }
                try host.start()
                outages.ended(restart.outage)
                restarts[number] = nil
            } else if host.hasEnded() {
                record.count("services started again")
                restarts[number] = (now + .random(in: 0...2_000, using: &random), outages.began(number))
            }
        }
    }

    // MARK: The end

    /// Waits until every export has ended and everybody has been told of it.
    private func awaitEnd() throws {
        let open = "select 1 from report_export_jobs where state in ('pending', 'processing')"
        let untold = "select 1 from report_webhook_outbox where due_at is not null and delivered_at is null"
        if try !eventually(within: 240, { try servers.primary.rows(open).isEmpty }) {
            record.problems += hosts.map { "exports do not end: \($0.log.suffix(1500))" }
        }
        if try !eventually(within: 60, { try servers.primary.rows(untold).isEmpty }) {
            record.problems += hosts.map { "webhooks do not leave: \($0.log.suffix(1500))" }
        }
        let last = try servers.primary.rows("select max(change_number) from report_export_jobs")
        let number = last.first?[0].flatMap { Int($0) } ?? 0
        _ = eventually(within: 60) { stream.notes.changes[number] != nil }
    }
}
