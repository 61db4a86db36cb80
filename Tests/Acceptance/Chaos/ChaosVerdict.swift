import Glibc
import JSON
import Posix
import Support

/// What is wrong after a campaign, and what it has measured.
struct ChaosVerdict {
    private(set) var problems: [String] = []
    private(set) var lines: [String] = []
    private let log: ChaosLog
    private let campaign: ChaosCampaign

    /// - Parameter path: where the log of all changes goes; nil when it is not wanted.
    init(_ campaign: ChaosCampaign, log path: String?) throws {
        self.campaign = campaign
        log = try ChaosLog(campaign.servers.primary)
        if let path { try log.write(to: path) }
        try judgeExports()
        judgeAnswers()
        try judgeWebhooks()
        let audit = try campaign.hosts[0].penstock("audit", "verify")
        if audit.status != 0 { problems.append("the audit does not hold: \(audit.text)\(audit.errorText)") }
        measure()
        try judgeLeaks()
    }

    private mutating func judgeExports() throws {
        let notes = campaign.callers.notes
        let told = campaign.stream.notes
        var known: Set<String> = []
        var states: [String: Int] = [:]
        for row in try campaign.servers.primary.rows(
            """
            select id, coalesce(idempotency_key, ''), state, encode(sha256, 'hex'), change_number, attempts,
                coalesce(error_code, '') || ' ' || coalesce(error_summary, '')
            from report_export_jobs
            """)
        {
            let fields = row.map { $0 ?? "" }
            let (id, key, state) = (fields[0], fields[1], fields[2])
            // Those that were made before the campaign.
            guard key.hasPrefix("chaos-") else { continue }
            known.insert(id)
            states[state, default: 0] += 1
            if !notes.keys.contains(key) { problems.append("\(id) has a key that was never sent") }
            if told.changes[Int(fields[4]) ?? 0] != id { problems.append("the stream was not told of \(id), \(state)") }
            let blows = blows(to: id)
            if (Int(fields[5]) ?? 0) > 1 + blows {
                let told = campaign.hosts.flatMap { $0.log.lines(with: id, "\"dispatcher\"") }
                problems.append("\(id) has \(fields[5]) attempts after \(blows) blows: \(told.joined(separator: " "))")
            }
            let export = notes.exports[id]
            switch state {
            case "ready":
                if let export, campaign.callers.kinds[export.kind].sha256 != fields[3] {
                    problems.append("\(id) has other bytes")
                }
            case "cancelled":
                if export?.mayBeCancelled != true { problems.append("\(id) was cancelled by nobody") }
            case "failed":
                if blows < 3 { problems.append("\(id) failed after \(blows) blows: \(fields[6])") }
            default: problems.append("\(id) is \(state)")
            }
        }
        for id in notes.exports.keys where !known.contains(id) { problems.append("\(id) was accepted and is lost") }
        problems += log.doubled.map { "\($0) has ended twice" } + told.repeated.map { "change \($0) was told twice" }
        problems += notes.problems + campaign.record.problems
        lines.append(
            "exports accepted \(notes.exports.count), in the end \(states), downloads compared \(notes.downloads)")
        lines.append("changes told \(told.changes.count), over \(told.connections) connections of the stream")
    }

    /// How often the campaign has killed or stopped a process that worked on an export, or may have.
    private func blows(to id: String) -> Int {
        (campaign.record.kills + campaign.record.stops).count { blow in
            guard blow.kind == .export || blow.kind == .part else { return false }
            if let job = blow.job { return job == id }
            return log.claim(of: id, at: blow.time)?.host == campaign.hosts[blow.host].name
        }
    }

    private mutating func judgeAnswers() {
        let notes = campaign.callers.notes
        lines.append(
            "answers by status (0 for none): \(notes.statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })"
        )
        problems += notes.unexplained.map { "not answered well: \($0)" }
    }

    private mutating func judgeWebhooks() throws {
        let wanted = try campaign.servers.primary.rows(
            "select id from report_export_jobs where notify and state = 'ready'")
        let bodies = campaign.receiver.requests("/ok").compactMap { $0["body"]?.string }
        var got: [String: Int] = [:]
        for body in bodies {
            guard let id = (try? JSON.parse(Array(body.utf8), limits: .stored))?["data"]?["id"]?.string else {
                continue
            }
            got[id, default: 0] += 1
        }
        let missed = wanted.compactMap { $0[0] }.filter { got[$0] == nil }
        problems += missed.map { "no webhook told of \($0)" }
        lines.append("webhooks wanted \(wanted.count), got \(bodies.count)")
    }

    // MARK: Times

    private mutating func measure() {
        let kills = Dictionary(grouping: campaign.record.kills, by: \.kind).mapValues(\.count)
        lines.append(
            "kills \(campaign.record.kills.count): "
                + kills.sorted { $0.value > $1.value }.map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", "))
        lines.append(campaign.record.times.joined(separator: ", "))
        lines.append(
            "stopped \(campaign.record.stops.count), cut off \(campaign.record.cuts.count), \(campaign.record.counts)")
        let children = campaign.record.kills.filter { $0.kind == .export }.compactMap {
            kill -> (Double, ChaosLog.Change)? in
            guard let job = kill.job, let claim = log.claim(of: job, at: kill.time),
                log.end(of: claim)?.event == "retry"
            else { return nil }
            return (kill.time, claim)
        }
        lines.append("the job of a killed child was given back after \(spread(children) { log.end(of: $0) })")
        let first = children.filter { $0.1.attempt == 1 }
        lines.append("and claimed again after its first attempt after \(spread(first) { log.next(after: $0) })")
        let later = children.filter { $0.1.attempt > 1 }
        lines.append("and after a later one, with its pause, after \(spread(later) { log.next(after: $0) })")
        let dispatchers = campaign.record.kills.filter { $0.kind == .dispatcher }.flatMap { kill in
            log.held(by: campaign.hosts[kill.host].name, at: kill.time).map { (kill.time, $0) }
        }
        lines.append(
            "the job of a killed dispatcher was claimed again after \(spread(dispatchers) { log.next(after: $0) })")
        let cuts = campaign.record.cuts.filter(\.isLong).flatMap { cut in
            log.held(by: campaign.hosts[cut.host].name, at: cut.time).map { (cut.time, $0) }
        }
        lines.append("the job of a host that was cut off after \(spread(cuts) { log.next(after: $0) })")
    }

    /// How long it took from an instant to what came after a claim.
    private func spread(_ claims: [(Double, ChaosLog.Change)], _ next: (ChaosLog.Change) -> ChaosLog.Change?) -> String
    {
        let sorted = claims.compactMap { time, claim in next(claim).map { $0.time - time } }.sorted()
        guard let most = sorted.last else { return "– (none)" }
        func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
        return "\(rounded(sorted[sorted.count / 2])) s (median), \(rounded(most)) s (max) of \(sorted.count)"
    }

    // MARK: What is left

    /// Ends both services and looks for what they have left behind.
    private mutating func judgeLeaks() throws {
        let campaign = campaign
        let files = try campaign.servers.primary.rows(
            """
            select stored_path, encode(sha256, 'hex') from report_export_jobs where state = 'ready'
            union all
            select rows_path, encode(rows_sha256, 'hex') from report_export_jobs
            where rows_path is not null and rows_deleted_at is null
            """)
        let root = "\(campaign.faults.stage.state)/storage/"
        let promised = Dictionary(files.map { (root + ($0[0] ?? ""), $0[1] ?? "") }) { $1 }
        // Sweeps take what no row knows.
        var strays: [String] = []
        _ = eventually(within: 60) {
            strays = campaign.faults.files().filter { promised[$0] == nil }
            return strays.isEmpty
        }
        problems += strays.map { "a file without a row: \($0)" }
        if !promised.isEmpty {
            let sums = Set(try Shell.run(["sha256sum", "--"] + promised.keys.sorted()).text.split(separator: "\n"))
            problems += promised.filter { !sums.contains("\($0.value)  \($0.key)") }.map {
                "\($0.key) is not as its row says"
            }
        }
        let processes = campaign.hosts.map(\.supervisor)
        for host in campaign.hosts {
            let how = host.drain()
            if how != .exited(0) { problems.append("host \(host.name) ended with \(how.map { "\($0)" } ?? "nothing")") }
        }
        let left = Process.all().filter { pid in
            !processes.contains(pid) && Process.name(pid).hasPrefix("pst-")
                && Process.words("/proc/\(pid)/environ").contains("PENSTOCK_STORAGE=\(root.dropLast())")
        }
        problems += left.map { "a process is left: \($0) \(Process.name($0))" }
        for (what, query) in [
            ("lease", "select worker_id from penstock_dispatchers where alive_until > clock_timestamp()"),
            ("advisory lock", "select pid from pg_locks where locktype = 'advisory'"),
            ("session", "select application_name from pg_stat_activity where application_name like 'penstock%'"),
        ] {
            var rows: [[String?]] = []
            _ = try eventually(within: 20) {
                rows = try campaign.servers.primary.rows(query)
                return rows.isEmpty
            }
            if !rows.isEmpty { problems.append("\(rows.count) × \(what) left: \(rows.prefix(5))") }
        }
        let source = "select 1 from pg_stat_activity where application_name like 'penstock%'"
        if try !eventually(within: 20, { try campaign.faults.stage.rows(source, on: .sourceOwner).isEmpty }) {
            problems.append("sessions are left in the source")
        }
    }
}
