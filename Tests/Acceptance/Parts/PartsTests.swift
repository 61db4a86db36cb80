import Glibc
import JSON
import Posix
import Support
import Testing

/// Large exports are made in parts by several processes at once; nobody can tell from the file.
@Suite(.serialized, .waitsFirst) struct PartsTests {
    private static let columns = ["delivery_code", "status", "created_at", "note", "amount", "recipient_name", "id"]

    /// Runs the command and gives the receipt.
    /// - Parameters:
    ///   - tracer: the command that runs it.
    ///   - settings: more of them.
    private func receipt(
        _ request: JSON, workers: Int, _ stage: Stage, tracer: [String] = [], settings: [String: String] = [:]
    ) throws -> JSON {
        let outcome = try Shell.run(
            tracer + [
                TestRun.program, "export", "--catalog", "delivery/delivery-orders", "--tenant", stage.tenant,
                "--output",
                "-", "--json", "--workers", "\(workers)", "--request", "/dev/stdin",
            ],
            environment: stage.settings.merging(["PENSTOCK_PARTS_FROM_ROWS": "20000"]) { $1 }
                .merging(settings) { $1 },
            input: request.serialized)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        return try JSON.parse(outcome.errors, limits: .stored)
    }

    private func request(sortedBy sort: [(String, String)], _ format: String = "csv") -> JSON {
        let terms = sort.map { JSON.object(["field": .string($0), "direction": .string($1)]) }
        var request: JSON.Object = [
            "module": "delivery", "catalog": "delivery-orders", "format": format == "xlsx" ? "xlsx" : "csv",
            "columns": ["delivery_code", "status", "created_at", "note", "amount", "id"], "sort": .array(terms),
        ]
        if format == "csv.gz" { request["compression"] = "gzip" }
        return .object(request)
    }

    @Test(arguments: [
        [("id", "asc")], [("created_at", "desc")], [("delivered_at", "asc")], [("delivered_at", "desc")],
        [("status", "asc"), ("amount", "desc")],
    ])
    func `one worker or four, the bytes are the same`(sort: [(String, String)]) throws {
        let one = try receipt(request(sortedBy: sort), workers: 1, Stage.shared)
        let four = try receipt(request(sortedBy: sort), workers: 4, Stage.shared)
        #expect(one["parts"]?.int == 1)
        #expect((four["parts"]?.int ?? 0) > 1)
        #expect(one["sha256"] == four["sha256"])
        #expect(one["rows"] == four["rows"])
        #expect(one["formulasNeutralised"] == four["formulasNeutralised"])
    }

    @Test(arguments: [
        ("xlsx", [("id", "asc")], [2, 4, 8]), ("xlsx", [("delivered_at", "desc")], [3]),
        ("csv.gz", [("id", "asc")], [2, 4, 8]),
    ])
    func `so they are where parts have to know their first row`(
        format: String, sort: [(String, String)], workers: [Int]
    ) throws {
        let one = try receipt(request(sortedBy: sort, format), workers: 1, Stage.shared)
        #expect(one["parts"]?.int == 1)
        for count in workers {
            let many = try receipt(request(sortedBy: sort, format), workers: count, Stage.shared)
            #expect((many["parts"]?.int ?? 0) > 1)
            for field in ["sha256", "rows", "sheets", "formulasNeutralised", "textsCut", "columns"] {
                #expect(many[field] == one[field], "\(field) with \(count) workers")
            }
        }
    }

    @Test func `a file system without O_TMPFILE makes the same bytes`() throws {
        let request = request(sortedBy: [("id", "asc")])
        let one = try receipt(request, workers: 1, Stage.shared)
        let folder = "\(TestRun.folder)/unnamed-\(Random.integer())"
        mkdir(folder, 0o700)
        // Only files without names are opened by the path of their folder.
        let log = "\(folder).strace"
        let tracer = [
            "strace", "-f", "-qq", "-o", log, "-P", folder, "-e", "trace=openat", "-e",
            "inject=openat:error=EOPNOTSUPP",
        ]
        let four = try receipt(request, workers: 4, Stage.shared, tracer: tracer, settings: ["TMPDIR": folder])
        #expect((four["parts"]?.int ?? 0) > 1)
        #expect(one["sha256"] == four["sha256"])
        #expect(String(decoding: try File.bytes(at: log), as: UTF8.self).contains("(INJECTED)"))
        #expect(try File.names(in: folder).isEmpty)
    }

    @Test func `a small export is made in one piece whatever may help`() throws {
        var small = request(sortedBy: [("id", "asc")]).object ?? JSON.Object()
        small["dateRange"] = ["from": "2026-05-01", "to": "2026-05-07"]
        #expect(try receipt(.object(small), workers: 4, Stage.shared)["parts"]?.int == 1)
    }

    @Test func `killing the job's own process takes its parts with it, and the job runs again`() throws {
        let stage = try Stage(["PENSTOCK_WORKERS": "3", "DEMO_ROWS": "60000", "PENSTOCK_PARTS_FROM_ROWS": "20000"])
        defer { stage.stop() }
        let id = try stage.client.create(request(sortedBy: [("id", "asc")]))["id"]?.string ?? ""
        var orphans: [pid_t] = []
        let found = eventually(within: 20) {
            for dispatcher in stage.children(named: "dispatcher") {
                for conductor in stage.children(named: "export", of: dispatcher) {
                    orphans = stage.children(named: "part", of: conductor)
                    if !orphans.isEmpty { return kill(conductor, SIGKILL) == 0 }
                }
            }
            return false
        }
        #expect(found)
        #expect(eventually(within: 5) { orphans.allSatisfy { kill($0, 0) != 0 } })
        let job = try stage.client.job(id, reaching: "ready")
        let rows = try stage.value(
            "select count(*) from delivery_orders where tenant_id = '\(stage.tenant)'", on: .source)
        #expect(job["rowCount"]?.int.map { "\($0)" } == rows && rows != "0")
        #expect(try stage.value("select attempts from report_export_jobs where id = '\(id)'") == "2")
    }
}
