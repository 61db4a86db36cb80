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
