import Glibc
import JSON
import Posix
import Support
import Testing

/// What balancers, Prometheus, systemd and operators are told.
@Suite(.waits) struct MonitoringTests {
    private static let small: JSON = [
        "module": "warehouse", "catalog": "warehouses", "format": "csv", "columns": ["name"],
    ]

    private static func watcher(_ stage: Stage) throws -> Client {
        let token = try stage.penstock(
            "token", "--subject", "prometheus", "--tenant", stage.tenant, "--permission", "view:metrics")
        return stage.client(.bearer(token.text.trimmingNewline))
    }

    @Test func `the figures need a right of their own, and promtool reads them`() throws {
        let stage = try Stage.shared
        #expect(try stage.client.get("/report/metrics").status == 403)
        _ = try stage.client.export(Self.small)
        let watcher = try Self.watcher(stage)
        let open = try watcher.get("/report/metrics")
        #expect(open.status == 200)
        #expect(open["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
        #expect(open.text.hasSuffix("\n# EOF\n"))
        #expect(open.text.contains("\npenstock_requests_total{operation=\"createExport\",status=\"202\"} "))
        #expect(open.text.contains("\npenstock_request_seconds_bucket{operation=\"createExport\",le=\"+Inf\"} "))
        #expect(open.text.contains("\npenstock_database_up 1\n"))
        #expect(!open.text.contains("\npenstock_exports_finished_total 0\n"))
        #expect(!open.text.contains("\npenstock_dispatchers 0\n"))
        #expect(open.text.contains("\npenstock_tenant_stored_limit_bytes \(20 << 30)\n"))
        let isStored = try eventually {
            let text = try watcher.get("/report/metrics").text
            return text.contains(#/\npenstock_stored_bytes [1-9]/#)
                && text.contains(#/\npenstock_tenant_stored_bytes\{rank="1"\} [1-9]/#)
        }
        #expect(isStored)
        #expect(open.text.contains(#/\npenstock_audit_backlog \d+\n/#))

        let plain = try watcher.get("/report/metrics", [("Accept", "text/plain;version=0.0.4")])
        #expect(plain["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
        try #require(ProgramRun.find("promtool") != nil, "promtool is in Debian's prometheus")
        let check = try Shell.run(["promtool", "check", "metrics"], input: plain.body)
        #expect(check.status == 0, "\(check.errorText)")
        let rules = try Shell.run([
            "promtool", "check", "rules", "\(TestRun.source)/docs/monitoring/penstock-alerts.yaml",
        ])
        #expect(rules.status == 0, "\(rules.errorText)")
    }

    @Test func `alert rules and the dashboard ask for figures that there are`() throws {
        let figures = try Self.watcher(Stage.shared).get("/report/metrics").text
        let families = figures.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { line in
            (name: String(line.split(separator: " ")[2]), kind: String(line.split(separator: " ")[3]))
        }
        let known = Set(
            families.flatMap { name, kind in
                kind == "counter"
                    ? ["\(name)_total"]
                    : kind == "histogram" ? ["\(name)_bucket", "\(name)_sum", "\(name)_count"] : [name]
            })
        for file in ["penstock-alerts.yaml", "penstock-dashboard.json"] {
            let text = String(decoding: try File.bytes(at: "\(TestRun.source)/docs/monitoring/\(file)"), as: UTF8.self)
            let asked = Set(text.matches(of: #/penstock_[a-z_]+/#).map { String($0.0) })
            #expect(asked.count > 8)
            #expect(asked.subtracting(known) == [], "\(file)")
        }
        let dashboard = try JSON.parse(File.bytes(at: "\(TestRun.source)/docs/monitoring/penstock-dashboard.json"))
        let panels = try #require(dashboard["panels"]?.array)
        #expect(Set(panels.compactMap { $0["id"]?.int }).count == panels.count)
        for panel in panels { #expect(panel["targets"]?.array?.isEmpty == false && panel["gridPos"] != nil) }
    }

    @Test(.overFolder) func `a service whose storage is away is not ready, and its manager hears how it is`() throws {
        let path = "\(TestRun.folder)/notify-\(Random.integer() % 100_000)"
        let manager = try Manager(path)
        let stage = try Stage(["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000000"])
        defer { stage.stop() }
        let anonymous = stage.client(.none)
        #expect(try anonymous.get("/report/healthz").json == ["status": "ok"])
        #expect(
            try anonymous.get("/report/readyz").json
                == ["status": "ready", "checks": ["database": "ok", "storage": "ok"]])
        #expect(eventually { manager.heard { $0.hasPrefix("READY=1\nSTATUS=") && $0.contains("catalogs") } })
        #expect(eventually { manager.heard { $0 == "WATCHDOG=1" } })

        #expect(rename("\(stage.state)/storage/files", "\(stage.state)/storage/away") == 0)
        let away = try anonymous.get("/report/readyz")
        #expect(away.status == 503)
        #expect(try away.json["checks"] == ["database": "ok", "storage": "unavailable"])
        #expect(try anonymous.get("/report/healthz").status == 200)
        #expect(rename("\(stage.state)/storage/away", "\(stage.state)/storage/files") == 0)
        #expect(try anonymous.get("/report/readyz").status == 200)

        kill(stage.pid, SIGHUP)
        #expect(eventually { manager.heard { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") } })
        kill(stage.pid, SIGTERM)
        #expect(eventually { manager.heard { $0.hasPrefix("STOPPING=1\n") } })
    }

    @Test func `transfers that the audit does not have yet are told, and the tenants that have most stored`() throws {
        let stage = try Stage(["PENSTOCK_LOG_LEVEL": "warning", "PENSTOCK_TENANT_STORED_MB": "0"])
        defer { stage.stop() }
        let watcher = try Self.watcher(stage)
        func figure(_ name: String) throws -> String? {
            let lines = try watcher.get("/report/metrics").text.split(separator: "\n")
            return lines.first { $0.hasPrefix("penstock_\(name) ") }?.split(separator: " ").last.map(String.init)
        }
        let (job, file) = try stage.client.export(Self.small)
        let link = try stage.client.link(job["id"]?.string ?? "")
        #expect(try eventually { try figure("audit_backlog") == "0" })
        #expect(try figure("tenant_stored_limit_bytes") == nil, "there is no limit")
        #expect(try figure("tenant_stored_bytes{rank=\"1\"}") == figure("stored_bytes"))
        #expect(try Int(figure("stored_bytes") ?? "") ?? 0 >= file.count)
        let before = try Int(figure("transfers_total") ?? "") ?? -1

        // The audit's table is held, so that nothing is added to it.
        let holder = Background {
            _ = try? stage.value(
                "lock table report_download_transfers in exclusive mode; select pg_sleep(60)", on: .jobsOwner)
        }
        let held =
            "select count(*) from pg_locks where mode = 'ExclusiveLock' and granted"
            + " and relation = 'report_download_transfers'::regclass"
        #expect(try eventually { try stage.value(held) == "1" })
        for _ in 0..<3 { #expect(try stage.client(.none).get(link).status == 200) }
        #expect(try eventually { try figure("audit_backlog") == "3" })
        #expect(try figure("transfers_total") == "\(before + 3)")
        _ = try stage.value(
            "select pg_terminate_backend(pid) from pg_stat_activity where query like 'lock table%'", on: .jobsOwner)
        holder.join()
        #expect(try eventually { try figure("audit_backlog") == "0" })
        #expect(try figure("transfers_lost_total") == "0")

        // Only what matters is logged.
        #expect(try !stage.log.contains("\"level\":\"info\"") && !stage.log.contains("\"event\":\"request\""))
    }

    @Test func `a slow request is told with what it was, and one that waits on purpose is not slow`() throws {
        let stage = try Stage(["PENSTOCK_LOG_LEVEL": "debug", "PENSTOCK_SLOW_REQUEST_MS": "2000"])
        defer { stage.stop() }
        // A debug line for each request, and for each attempt in the words of the child.
        let quick = try stage.client.get("/report/exports")
        #expect(quick.status == 200)
        _ = try stage.client.export(Self.small)
        func lines(_ event: String, of reply: Reply) throws -> [String] {
            try stage.log.lines(with: "\"event\":\"\(event)\"", reply["X-Request-Id"] ?? "no id")
        }
        #expect(try eventually { try lines("request", of: quick).count == 1 })
        #expect(
            try stage.log.lines(with: "\"event\":\"attempt begins\"", "\"process\":\"export\"").first?.contains(
                "\"job\":\"") == true)

        // Nothing takes the job.
        for dispatcher in stage.children(named: "dispatcher") { kill(dispatcher, SIGSTOP) }
        let waited = try stage.client.post("/report/exports", Self.small, [("Prefer", "wait=3")])
        #expect(waited.status == 202)
        for dispatcher in stage.children(named: "dispatcher") { kill(dispatcher, SIGCONT) }
        #expect(try eventually { try lines("request", of: waited).count == 1 })
        #expect(try lines("slow request", of: waited).isEmpty)

        // A request that the database holds up, until it has been held up for long enough.
        let holder = Background {
            _ = try? stage.value(
                "lock table report_export_jobs in access exclusive mode; select pg_sleep(60)", on: .jobsOwner)
        }
        let held =
            "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted"
            + " and relation = (select oid from pg_class where relname = 'report_export_jobs')"
        #expect(try eventually { try stage.value(held) == "1" })
        let release = Background {
            let waits =
                "select count(*) from pg_stat_activity where application_name = 'penstock responder'"
                + " and wait_event_type = 'Lock' and clock_timestamp() - query_start > interval '2100 ms'"
            _ = try? eventually { try stage.value(waits, on: .jobsOwner) != "0" }
            _ = try? stage.value(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like 'lock table%'", on: .jobsOwner)
        }
        let slow = try stage.client.get("/report/exports", [("Prefer", "respond-async, handling=lenient")])
        release.join()
        holder.join()
        #expect(slow.status == 200)
        #expect(try eventually { try lines("slow request", of: slow).count == 1 })
        let line = try JSON.parse(Array(try lines("slow request", of: slow)[0].utf8))
        #expect(line["level"] == "warning" && line["operation"] == "listExports" && line["status"] == 200)
        #expect(line["ms"]?.int ?? 0 >= 2000)
        #expect(try lines("request", of: slow).isEmpty)
    }

    @Test func `an operator sees all tenants' exports, follows one and has one made again`() throws {
        let stage = try Stage.shared
        let id = try stage.client.create(Self.small)["id"]?.string ?? ""
        let watched = try stage.penstock(["jobs", "watch", id], within: 240)
        #expect(watched.status == 0, "\(watched.errorText)")
        #expect(watched.text.split(separator: "\n").last?.hasPrefix("ready  ") == true)
        #expect(try stage.penstock("jobs", "retry", id).status == 65, "it has not failed")
        let list = try stage.penstock("jobs", "--limit", "1000")
        #expect(list.text.split(separator: "\n").contains { $0.contains(id) && $0.contains(stage.tenant) })

        let long = try stage.client.create(JobLifeTests.long)["id"]?.string ?? ""
        #expect(try stage.penstock("jobs", "cancel", long).status == 0)
        #expect(try stage.penstock("jobs", "watch", long).status == 1)
        let again = try stage.penstock("jobs", "retry", long)
        #expect(again.status == 0, "\(again.errorText)")
        let repeated = try stage.client.job(again.text.trimmingNewline)
        #expect(repeated["catalog"] == "delivery-orders")
        #expect(try stage.penstock("jobs", "cancel", again.text.trimmingNewline).status == 0)

        let status = try stage.penstock("status")
        #expect(status.status == 0, "\(status.text)")
        #expect(status.text.hasPrefix("service      listens at "))
        #expect(try JSON.parse(stage.penstock("status", "--json").output)["ok"] == true)
    }
}

extension String {
    fileprivate var trimmingNewline: String { last == "\n" ? String(dropLast()) : self }
}

/// The receiving end of NOTIFY_SOCKET.
private final class Manager {
    private let descriptor: FileDescriptor
    private var messages: [String] = []

    init(_ path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        descriptor = FileDescriptor(owning: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
        try descriptor.setNonblocking()
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor.raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw Unmet("no socket at \(path)") }
    }

    /// Whether a message so far has been like this.
    func heard(_ isMeant: (String) -> Bool) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor.raw, &buffer, buffer.count, 0), count > 0 {
            messages.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
        return messages.contains(where: isMeant)
    }
}
