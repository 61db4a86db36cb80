import JSON
import Posix
import Support
import Testing

/// Every route that names an object × every kind of id × every way to say who one is × another tenant: the answer is
/// the one that an id gets which does not exist, to the byte. The routes are those of the OpenAPI document, so that
/// none is left out.
@Suite(.waits) struct IsolationMatrixTests {
    /// An id of the other tenant's, and one of the same kind that nobody has.
    private struct ForeignID {
        let kind: String
        let foreign: String
        let missing: String
    }

    private struct Operation {
        let method: String
        let template: String
        let hasBody: Bool

        /// Whether it names an object that belongs to a tenant; a catalog's module belongs to all.
        var namesObject: Bool { template.contains("{") && !template.contains("{module}") }

        func target(_ id: String) -> String {
            template.split(separator: "/", omittingEmptySubsequences: false).map { step in
                switch step {
                case "{name}": "warehouses-2026-01-01.csv"
                case "{number}": "1"
                case let step where step.hasPrefix("{"): id
                case let step: String(step)
                }
            }.joined(separator: "/")
        }
    }

    /// What is of no tenant.
    private static let ofTheService = [
        "/report/openapi.json", "/report/healthz", "/report/readyz", "/report/metrics",
    ]

    /// What superusers alone may ask.
    private static let forSuperusers: Set = ["/report/audit", "/report/deliveries", "/report/keys", "/report/webhook"]

    private func operations(_ stage: Stage) throws -> [Operation] {
        let paths = try stage.client(.none).get("/report/openapi.json").json["paths"]?.object?.members ?? []
        return paths.flatMap { template, item in
            (item.object?.members ?? []).map { method, operation in
                Operation(method: method.uppercased(), template: template, hasBody: operation["requestBody"] != nil)
            }
        }
    }

    /// What an answer is, without what differs between any two.
    private func essence(_ reply: Reply) -> String {
        let headers = reply.headers.filter { !["date", "x-request-id", "server"].contains($0.name.lowercased()) }
        return "\(reply.status) \(headers) \(reply.text)"
    }

    /// The other tenant's jobs under every name that a surface gives them: one that is ready, one that is cancelled.
    private func foreignIDs(_ stage: Stage) throws -> [ForeignID] {
        let other = stage.client(.bearer(stage["OTHER_TOKEN"]))
        let ready = try other.export(ReportsTests.unique()).job
        let cancelled = try other.create(JobLifeTests.long)["id"]?.string ?? ""
        _ = try other.send("POST", "/report/exports/\(cancelled)/cancel")
        let nobody = "01900000-0000-7000-8000-000000000001"
        var ids: [ForeignID] = []
        for id in [ready["id"]?.string ?? "", cancelled] {
            ids.append(ForeignID(kind: "uuid", foreign: id, missing: nobody))
            ids.append(
                ForeignID(kind: "serial", foreign: try RecentTests.serial(stage, id), missing: "9223372036854775807"))
            let ulid = try #require(UUID(id)).ulid
            let none = try #require(UUID(nobody)).ulid
            for prefix in ["", "rpt_", "reexp_"] {
                ids.append(ForeignID(kind: "\(prefix)ulid", foreign: prefix + ulid, missing: prefix + none))
            }
        }
        let schedule = try other.post("/report/schedules", ScheduleTests.body()).json["data"]?["id"]?.string ?? ""
        ids.append(ForeignID(kind: "schedule", foreign: schedule, missing: nobody))
        let preset = try other.post("/report/presets", PresetTests.body([("shared", true)])).json["data"]?["id"]?.string
        ids.append(ForeignID(kind: "preset", foreign: preset ?? "", missing: nobody))
        let reexport = try ReexportTests.create(ready["id"]?.string ?? "", [:], other)["reexport_id"]?.string ?? ""
        ids.append(ForeignID(kind: "reexport", foreign: reexport, missing: ReexportTests.missing))
        let report = try ReportsTests.entry(other, sha256: ready["metadata"]?["sha256"]?.string ?? "")
        let sealed = report["encrypted_id"]?.string ?? ""
        let forged = String(sealed.reversed())
        ids.append(ForeignID(kind: "encrypted_id", foreign: sealed, missing: forged))
        let link = report["download_action"]?["url"]?.string ?? ""
        let token = String(link.split(separator: "/").dropLast().last ?? "")
        ids.append(ForeignID(kind: "token", foreign: token, missing: forged))
        return ids
    }

    /// Sends the whole matrix as one caller.
    private func expectNothingTold(
        _ stage: Stage, _ who: String, _ send: (String, String, [(String, String)], [UInt8]?) throws -> Reply
    ) throws {
        let operations = try operations(stage)
        let ids = try foreignIDs(stage)
        let before = try stage.rows("select id, state from report_export_jobs where tenant_id = '\(stage.otherTenant)'")
        var statuses: [Int: Int] = [:]
        var forbidden: Set<String> = []
        var audited: [String: (calls: Int, what: Comment)] = [:]
        func ask(_ operation: Operation, _ target: String) throws -> Reply {
            let json = operation.hasBody ? [("Content-Type", "application/json")] : []
            return try send(operation.method, target, json, operation.hasBody ? Array("{}".utf8) : nil)
        }
        /// I20: one row for each call, whatever the answer, unless the caller may not make the call at all.
        func expectRow(_ reply: Reply, _ what: Comment, unless isForbidden: Bool) {
            audited[reply["X-Request-Id"] ?? ""] = (isForbidden ? 0 : 1, what)
        }
        for operation in operations where operation.namesObject {
            for id in ids {
                let theirs = try ask(operation, operation.target(id.foreign))
                let none = try ask(operation, operation.target(id.missing))
                let what: Comment = "\(who): \(operation.method) \(operation.template), \(id.kind)"
                #expect(essence(theirs) == essence(none), what)
                #expect([400, 403, 404, 409].contains(theirs.status), what)
                statuses[theirs.status, default: 0] += 1
                for reply in [theirs, none] {
                    let isForbidden = reply.status == 403 && !operation.template.contains("{name}")
                    if isForbidden { forbidden.insert("\(operation.method) \(operation.template)") }
                    expectRow(reply, what, unless: isForbidden)
                }
            }
        }
        // Named as tenant, it is refused alike whether it exists or not; nothing of it stands in any list.
        for operation in operations where !operation.template.contains("{name}") {
            if operation.template.hasSuffix("/events") { continue }
            if Self.ofTheService.contains(operation.template) {
                let reply = try ask(operation, operation.template)
                #expect(!reply.text.contains(stage.otherTenant), "\(who): \(operation.template)")
                for id in ids where id.kind != "serial" { #expect(!reply.text.contains(id.foreign)) }
                continue
            }
            let target = operation.target(ids[0].missing)
            let theirs = try ask(operation, "\(target)?tenant_id=\(stage.otherTenant)")
            let none = try ask(operation, "\(target)?tenant_id=no-such-tenant")
            #expect(essence(theirs) == essence(none) && theirs.status == 403, "\(who): \(operation.method) \(target)")
            let isForbidden =
                forbidden.contains("\(operation.method) \(operation.template)")
                || (Self.forSuperusers.contains(operation.template) && who != "superuser")
            for reply in [theirs, none] {
                expectRow(reply, "\(who): \(operation.method) \(target) for another tenant", unless: isForbidden)
            }
            guard operation.method == "GET", !operation.template.contains("{") else { continue }
            let list = try ask(operation, target)
            #expect(list.status == (isForbidden ? 403 : 200), "\(who): \(target)")
            for id in ids where id.kind != "serial" {
                #expect(!list.text.contains(id.foreign), "\(who): \(target) tells \(id.kind)")
            }
        }
        let outcomes = "('unknown_id', 'not_found', 'forged', 'forbidden')"
        let rows = try stage.rows("select request_id from report_download_audit where outcome in \(outcomes)")
        let counts = Dictionary(rows.map { ($0[0] ?? "", 1) }, uniquingKeysWith: +)
        for (id, expected) in audited { #expect(counts[id] ?? 0 == expected.calls, expected.what) }
        // And nothing of theirs has changed by being asked for.
        for row in before where row[1] == "ready" || row[1] == "cancelled" {
            #expect(try stage.value("select state from report_export_jobs where id = '\(row[0] ?? "")'") == row[1])
        }
        print("isolation | \(who) | \(statuses.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" })")
    }

    @Test(arguments: ["bearer", "superuser", "api key", "api key as authorization", "basic"])
    func `no route tells another tenant's object from none`(_ scheme: String) throws {
        let stage = try Stage.shared
        var headers: [(String, String)] = []
        let credential: Credential
        switch scheme {
        case "bearer": credential = .bearer(stage["TOKEN"])
        case "superuser": credential = .bearer(stage["ADMIN_TOKEN"])
        case "api key": credential = .apiKey(stage["API_KEY"])
        case "api key as authorization":
            credential = .none
            headers = [("Authorization", "Api-Key \(stage["API_KEY"])")]
        default:
            let name = "matrix-\(UInt32.random(in: 0 ... .max))"
            let outcome = try stage.penstock(
                "users", "add", name, "--tenant", stage.tenant, "--permission", "view:reports", "--permission",
                "export:reports", "--permission", "report.can_view_report", "--permission", "manage:reexports",
                "--password-stdin", input: Array("correct horse\n".utf8))
            #expect(outcome.status == 0)
            credential = .basic("\(name):correct horse")
        }
        let client = stage.client(credential)
        try expectNothingTold(stage, scheme) { try client.send($0, $1, headers + $2, body: $3) }
    }

    @Test func `nor does it to one whom the gateway named`() throws {
        let (stage, identity) = try IsolationTests.gatewayStage(
            permissions: "view:reports export:reports manage:reexports")
        defer { stage.stop() }
        let client = stage.client(.none)
        try expectNothingTold(stage, "gateway") { try client.send($0, $1, identity + $2, body: $3) }
    }
}
