import Glibc
import JSON
import Posix
import Support
import Testing

extension FaultStage {
    /// What must hold after every fault, at the latest a few seconds later.
    func expectInvariants(within seconds: Double = 10, sourceLocation: SourceLocation = #_sourceLocation) {
        var broken: [String] = ["nothing was looked at"]
        _ = eventually(within: seconds) { [self] in
            do { broken = try brokenInvariants() } catch { broken = ["\(error)"] }
            return broken.isEmpty
        }
        #expect(broken.isEmpty, "\(broken.joined(separator: "; "))", sourceLocation: sourceLocation)
    }

    private func brokenInvariants() throws -> [String] {
        var broken: [String] = []
        // Processes: none that has ended and was not waited for, none whose parent is gone.
        let dispatchers = Process.named("dispatcher", under: supervisor)
        let ours = Set([supervisor] + dispatchers)
        for pid in ours.flatMap(Process.children) where Process.state(pid) == "Z" { broken.append("zombie \(pid)") }
        for pid in Process.all() where Process.name(pid).hasPrefix("pst-") && !ours.contains(Process.parent(of: pid)) {
            let environment = Process.words("/proc/\(pid)/environ")
            if environment.contains("PENSTOCK_STORAGE=\(stage.state)/storage") {
                broken.append("orphan \(pid) \(Process.name(pid))")
            }
        }
        // Files and rows, both ways.
        let promised = try promisedFiles()
        for path in files() where promised[path] == nil { broken.append("file without a row: \(path.suffix(50))") }
        broken += try brokenFiles(promised)
        // The databases.
        let locks = try stage.rows("select pid from pg_locks where locktype = 'advisory'", on: .jobsOwner)
        if !locks.isEmpty { broken.append("\(locks.count) advisory locks") }
        let alive = try stage.rows(
            "select worker_id from penstock_dispatchers where alive_until > clock_timestamp()", on: .jobsOwner)
        if alive.count != dispatchers.count {
            broken.append("\(alive.count) leases for \(dispatchers.count) dispatchers")
        }
        let idle = try stage.rows(
            """
            select application_name, state from pg_stat_activity
            where application_name like 'penstock%' and (state like 'idle in%'
                or datname = 'demo' and state = 'active' and application_name = 'penstock export')
            """, on: .jobsOwner)
        for row in idle where exports.isEmpty { broken.append("backend: \(row.map { $0 ?? "" })") }
        let held = try stage.rows(
            """
            select id from report_export_jobs where state = 'processing' and worker_id not in (
                select worker_id from penstock_dispatchers where alive_until > clock_timestamp())
            """, on: .jobsOwner)
        if !held.isEmpty { broken.append("\(held.count) jobs of dead workers") }
        return broken
    }

    /// The files that rows name, with the size and digest that they are to have.
    private func promisedFiles() throws -> [String: (size: String?, sha256: String?)] {
        let rows = try stage.rows(
            """
            select stored_path, file_size_bytes, encode(sha256, 'hex') from report_export_jobs
            where state = 'ready' or state = 'expired' and file_deleted_at is null
            union all
            select rows_path, rows_size, encode(rows_sha256, 'hex') from report_export_jobs
            where rows_path is not null and rows_deleted_at is null
            """)
        return Dictionary(rows.map { ("\(stage.state)/storage/\($0[0] ?? "")", ($0[1], $0[2])) }) { $1 }
    }

    /// Files that rows name and that are not there as they are to be.
    func brokenFiles() throws -> [String] { try brokenFiles(promisedFiles()) }

    private func brokenFiles(_ promised: [String: (size: String?, sha256: String?)]) throws -> [String] {
        if promised.isEmpty { return [] }
        let sums = Set(try Shell.run(["sha256sum", "--"] + promised.keys.sorted()).text.split(separator: "\n"))
        return promised.flatMap { path, file in
            (Process.size(of: path) == Int64(file.size ?? "") ? [] : ["size of \(path.suffix(50))"])
                + (sums.contains("\(file.sha256 ?? "")  \(path)") ? [] : ["sha256 of \(path.suffix(50))"])
        }
    }

    /// The job's attempts, epoch and error, as its row says.
    func row(_ id: String) throws -> (state: String, attempts: Int, epoch: Int, error: String?) {
        let row =
            try stage.rows(
                "select state, attempts, epoch, error_code from report_export_jobs where id = '\(id)'"
            ).first ?? []
        guard row.count == 4 else { throw Unmet("there is no job \(id)") }
        return (row[0] ?? "", Int(row[1] ?? "") ?? -1, Int(row[2] ?? "") ?? -1, row[3])
    }

    /// - Parameter catalog: `rows`, or `kept` for one whose rows are kept.
    func create(_ client: Client? = nil, _ catalog: String = "rows") throws -> String {
        do {
            return try (client ?? self.client).create(Self.body(of: catalog))["id"]?.string ?? ""
        } catch {
            throw Unmet("\(error); \(log.lines(with: "request failed").last ?? "")")
        }
    }

    /// The job's sha256 once it is ready.
    func digest(_ id: String, within seconds: Double = 60) throws -> String {
        _ = try client.job(id, reaching: "ready", within: seconds)
        return try stage.value("select encode(sha256, 'hex') from report_export_jobs where id = '\(id)'") ?? ""
    }
}
