import Glibc
import JSON
import Posix
import Support
import Testing

/// Whether tests are run as campaigns (`make sweep`), which take as long as they take.
private let isCampaign = ["SYSCALLS", "ZOMBIES", "CUTS"].contains { environmentValue("PENSTOCK_\($0)") != nil }

/// Injected faults (the numbers are those of docs/faults.md) on a stage that their tests share, so one after the other.
@Suite(.serialized, .waitsFirst, .timeLimit(.minutes(isCampaign ? 600 : 5)), .overFolder) struct Faults {
    /// That stage; its tests leave it as it was.
    nonisolated(unsafe) private static let common = Result {
        try FaultStage(
            [
                "PENSTOCK_STALL_SECONDS": "3", "PENSTOCK_FILE_LIMIT_MB": "60", "PENSTOCK_WORKER_MEMORY_MB": "64",
                "PENSTOCK_WORKERS": "3", "PENSTOCK_TENANT_RUNNING": "2", "PENSTOCK_SWEEP_SECONDS": "1",
            ], held: false)
    }

    /// That stage, idle, with the report's rows as wanted.
    static func shared(rows: Int = 50_000, sleeping seconds: Double = 0) throws -> FaultStage {
        let faults = try common.get()
        guard eventually(within: 20, { faults.exports.isEmpty }) else { throw Unmet("the stage is still busy") }
        try faults.define(rows: rows, sleeping: seconds)
        return faults
    }
}

/// Injected faults whose tests have a stage of their own, so beside one another.
@Suite(.waitsFirst, .timeLimit(.minutes(isCampaign ? 600 : 10)), .overFolder) struct PrivateFaults {}

/// A stage with a report whose rows a test can make many, slow or wrong; and with its parts in the test's hands.
///
/// The script that started the stage ends it when one of its processes does. Held, it is stopped (SIGSTOP) for as long
/// as this value lives, so that a test may kill the supervisor or PostgreSQL and start it again.
final class FaultStage {
    let stage: Stage
    let settings: [String: String]
    /// The supervisor now.
    private(set) var supervisor: pid_t
    private var own: [Launched] = []
    private let script: pid_t
    private let postmaster: (pid: pid_t, command: [String])
    private(set) var postgres: pid_t
    let catalogs: String
    /// Where its processes look for what they are to do at a `Failpoint`.
    let failpoints: String

    /// - Parameters:
    ///   - rows: how many rows the report faults/rows has; a kilobyte each.
    init(_ environment: [String: String] = [:], rows: Int = 50_000, held: Bool = true) throws {
        catalogs = "\(TestRun.folder)/catalogs-\(Random.integer())"
        _ = try Shell.output(["cp", "-r", "\(TestRun.source)/sql/demo/catalogs", catalogs])
        failpoints = "\(catalogs)-failpoints"
        mkdir(failpoints, 0o700)
        let defaults = [
            "PENSTOCK_CATALOGS": catalogs, "PENSTOCK_RESPONDERS": "4", "PENSTOCK_SWEEP_SECONDS": "1",
            "PENSTOCK_FAILPOINTS": failpoints,
        ]
        stage = try Stage(defaults.merging(environment) { $1 })
        settings = stage.settings
        supervisor = stage.pid
        script = Process.parent(of: stage.pid)
        let pid = Process.children(of: script).first { Process.name($0) == "postgres" } ?? 0
        let words = Process.words("/proc/\(pid)/cmdline")
        let owner = Process.owner(pid)
        let become =
            owner == getuid() ? [] : ["setpriv", "--reuid=\(owner)", "--regid=\(owner)", "--clear-groups", "--"]
        postmaster = (pid, become + words)
        postgres = pid
        if held { kill(script, SIGSTOP) }
        try define(rows: rows)
        let text = """
            module: faults
            key: rows
            category: tests
            label: Rows
            table: public.fault_rows
            tenant: { column: tenant_id, type: text }
            uniqueKey: { column: id, type: integer }
            dateField: { column: created_at, type: datetime, label: Created at }
            columns:
              - { key: id, label: ID, type: integer, default: true }
              - { key: note, label: Note, type: string, default: true }
            formats: [csv, xlsx]
            """
        try write(text, to: "\(catalogs)/faults.yaml")
        // The same report, whose rows are kept.
        try write(
            text.replacing("key: rows", with: "key: kept") + "\nkeepRows: 1d\n", to: "\(catalogs)/faults-kept.yaml")
        // Until the old processes are gone, a test would not know which are its own.
        try stage.reload(supervisor) { try stage.client.get("/report/catalogs/faults").status == 200 }
    }

    deinit {
        for launched in own where launched.pid != postgres { kill(launched.pid, SIGINT) }
        for launched in own where launched.pid != postgres { _ = launched.wait(within: 20) }
        for launched in own where launched.pid == postgres {
            kill(postgres, SIGINT)
            _ = launched.wait(within: 20)
        }
        kill(script, SIGCONT)
        stage.stop()
    }

    var client: Client { stage.client }
    var otherClient: Client { stage.client(.bearer(stage["OTHER_TOKEN"])) }
    static let request = body(of: "rows")
    static func body(of catalog: String) -> JSON {
        ["module": "faults", "catalog": .string(catalog), "format": "csv", "columns": ["id", "note"]]
    }

    /// Defines the report's rows anew. A row is a kilobyte, so that a file grows in many writes.
    func define(rows: Int, sleeping seconds: Double = 0, note: String = "repeat(md5(i::text), 31)") throws {
        try stage.rows(
            """
            drop view if exists fault_rows;
            create view fault_rows as
                select i as id, t.tenant as tenant_id, \(note) as note, timestamptz '2026-01-01' as created_at
                from generate_series(1, \(rows)) i
                cross join (values ('\(stage.tenant)'), ('\(stage.otherTenant)')) t (tenant)
                cross join (select \(seconds > 0 ? "pg_sleep(\(seconds))" : "1")) sleeping;
            grant select on fault_rows to penstock_reader;
            """, on: .sourceOwner)
    }

    // MARK: Processes

    var responders: [pid_t] { Process.named("responder", under: supervisor) }

    func dispatcher() throws -> pid_t {
        var found: pid_t?
        _ = eventually { [self] in
            found = Process.named("dispatcher", under: supervisor).first
            return found != nil
        }
        guard let found else { throw Unmet("there is no dispatcher") }
        return found
    }

    /// The children that work on exports, whichever dispatcher they belong to.
    var exports: [pid_t] {
        Process.named("dispatcher", under: supervisor).flatMap { Process.named("export", under: $0) }
    }

    /// The child that works on a job: the one that has its file open.
    func export(of id: String) -> pid_t? {
        exports.first { Process.descriptors(of: $0).values.contains { $0.contains(id) } }
    }

    /// The child of the only running export, stopped in the middle of its COPY: some of its file is on the disk.
    func stoppedExport() throws -> pid_t {
        var found: pid_t = 0
        let caught = eventually { [self] in
            guard let pid = exports.first else { return false }
            found = pid
            return files().contains { $0.hasSuffix(".part") && Process.size(of: $0) > 0 }
        }
        kill(found, SIGSTOP)
        guard caught, files().contains(where: { $0.hasSuffix(".part") }) else { throw Unmet("no export was caught") }
        return found
    }

    /// Starts another service with this one's settings.
    /// - Parameter input: what becomes its descriptor 0.
    func serve(input: Int32? = nil, _ changes: [String: String] = [:]) throws {
        let log = try FileDescriptor.open("\(stage.state)/log/serve.log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let null = try FileDescriptor.open("/dev/null", O_RDWR)
        let launched = try Launched(
            ["setpriv", "--pdeathsig", "KILL", "--", TestRun.program, "serve"],
            environment: plainEnvironment().merging(settings) { $1 }.merging(changes) { $1 },
            descriptors: (input ?? null.raw, log.raw, log.raw))
        own.append(launched)
        supervisor = launched.pid
    }

    /// Waits until several requests in a row are answered: each responder finds its way back by itself.
    func waitUntilServing(within seconds: Double = 30) throws {
        let serving = try eventually(within: seconds) {
            try (0..<12).allSatisfy { _ in try client.get("/report/exports?limit=1").status == 200 }
        }
        guard serving else { throw Unmet("the service does not answer: \(log.suffix(600))") }
    }

    /// Waits for the end of a service that `serve` has started.
    func waitForEnd(of pid: pid_t, within seconds: Double = 20) -> ChildExit.How? {
        guard let index = own.firstIndex(where: { $0.pid == pid }) else { return nil }
        return own.remove(at: index).wait(within: seconds)
    }

    // MARK: PostgreSQL

    /// QUIT stops it like a power cut of its processes, INT cleanly, without waiting for its clients.
    func stopPostgres(_ signal: Int32) throws {
        kill(postgres, signal)
        let pid = postgres
        let gone = eventually { Process.state(pid) == nil || Process.state(pid) == "Z" }
        if let index = own.firstIndex(where: { $0.pid == pid }) { _ = own.remove(at: index).wait(within: 5) }
        guard gone else { throw Unmet("PostgreSQL has not stopped") }
    }

    /// The server's data folder.
    var data: String { postmaster.command.last { $0.hasSuffix("/data") } ?? "" }

    /// - Parameters:
    ///   - zone: a time zone whose file is a link to nothing, for this server alone.
    ///   - waitingForDisk: whether a commit is on the disk before it is answered; the tests' servers do not wait.
    func startPostgres(zoneLeadingNowhere zone: String? = nil, waitingForDisk: Bool = false) throws {
        let null = try FileDescriptor.open("/dev/null", O_RDWR)
        var command = ["setpriv", "--pdeathsig", "QUIT", "--"] + postmaster.command
        if waitingForDisk { command = command.map { $0 == "fsync=off" ? "fsync=on" : $0 } }
        if let zone {
            let script = """
                cp -a '\(serverZones)' "$0" && ln -s nowhere "$0/\(zone)" && mount --bind "$0" '\(serverZones)' && exec "$@"
                """
            command =
                ["unshare", "--mount", "--propagation", "private", "bash", "-c", script, "\(stage.state)/zones"]
                + command
        }
        unlink("\(data)/postmaster.pid")
        let words = "\(stage.state)/log/postgres-again.log"
        let log = try FileDescriptor.open(words, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        let launched = try Launched(command, environment: plainEnvironment(), descriptors: (null.raw, log.raw, log.raw))
        own.insert(launched, at: 0)
        postgres = launched.pid
        let up = eventually(within: 30) { (try? stage.value("select 1")) == "1" }
        guard up else {
            let said = String(decoding: (try? File.bytes(at: words, limit: 1 << 24)) ?? [], as: UTF8.self)
            throw Unmet("PostgreSQL does not come up again: \(said.suffix(3000))")
        }
    }

    // MARK: Files

    /// Every file of an export that is on the disk.
    func files() -> [String] {
        let root = "\(stage.state)/storage/files"
        var result: [String] = []
        for shard in (try? File.names(in: root)) ?? [] {
            for name in (try? File.names(in: "\(root)/\(shard)")) ?? [] { result.append("\(root)/\(shard)/\(name)") }
        }
        return result
    }

    func write(_ text: String, to path: String) throws {
        let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        try file.writeAll(Array(text.utf8))
    }

    var log: ServiceLog {
        ServiceLog(
            ["penstock", "serve"].flatMap { name in
                (try? File.bytes(at: "\(stage.state)/log/\(name).log", limit: 1 << 30)) ?? []
            })
    }
}
