import JSON
import Support
import Testing

/// A row of the table of bad inputs: requests that must be answered in a certain way and must do nothing.
struct Refusal: Sendable, CustomTestStringConvertible {
    struct Case: Sendable {
        var name: String
        var method = "POST"
        var target = "/report/exports"
        var headers: [(String, String)] = [("Content-Type", "application/json")]
        var body: [UInt8]?
        /// The stage's ordinary token when left out.
        var credential: Credential?
        var statuses: Set<Int> = [400]
        /// Must stand in the body.
        var holding = ""
        /// nginx itself answers, before it knows of any location, and does so in HTML.
        var byServer = false
    }

    /// Its number in the table.
    let row: String
    let what: String
    let cases: @Sendable (any ServiceUnderTest) throws -> [Case]

    var testDescription: String { "\(row): \(what)" }

    /// Sends all cases and checks what holds for every refusal: JSON with a stable code, a request id, nothing of the
    /// server's own, and no job made.
    func check(on stage: any ServiceUnderTest) throws {
        var requestIDs: [String] = []
        for one in try cases(stage) where stage is Stage || !one.byServer {
            let what: Comment = "\(row), \(one.name)"
            let client = stage.api(one.credential ?? .bearer(stage["TOKEN"]))
            let reply = try client.send(one.method, one.target, one.headers, body: one.body)
            #expect(one.statuses.contains(reply.status), "\(what): \(reply.status) \(reply.text.prefix(300))")
            #expect(reply.text.contains(one.holding), "\(what): \(reply.text.prefix(300))")
            for word in ["select ", "pg_", "swift", "/tmp/", "SQLSTATE", "ERROR:"] {
                #expect(!reply.text.contains(word), "\(what): \(reply.text.prefix(300))")
            }
            if one.byServer { continue }
            if one.method != "HEAD", reply.status >= 400 {
                #expect(Self.isForm(try reply.json, of: one.target), "\(what): \(reply.text.prefix(300))")
                #expect(reply["Content-Type"] == "application/json", what)
            }
            if reply.status == 401 { #expect(reply["WWW-Authenticate"] != nil, what) }
            if reply.status == 405 { #expect(reply["Allow"] != nil, what) }
            if let id = reply["X-Request-Id"] { requestIDs.append("'\(id)'") } else { Issue.record(what) }
        }
        guard !requestIDs.isEmpty else { return }
        let made = try stage.jobsValue(
            "select count(*) from report_export_jobs where request_id in (\(requestIDs.joined(separator: ",")))")
        #expect(made == "0", "\(row) made a job")
    }
}

extension Refusal {
    /// Whether an error has the form of its path's surface.
    static func isForm(_ error: JSON, of target: String) -> Bool {
        let path = target.prefix { $0 != "?" }
        if path.hasPrefix("/b/api/v1/reports") {
            return error.object?.keys == ["code", "message"] && error["code"]?.string?.contains(" ") == false
        }
        if path.hasPrefix("/api/v1/exports/"), path.hasSuffix("/") { return error.object?.keys == ["detail"] }
        if path.hasPrefix("/api/v1/") {
            let inner = error["error"]
            return inner?.object?.keys == ["code", "message"] && inner?["code"]?.string?.contains(" ") == false
        }
        return error["success"] == false && error["message"]?.string?.contains(" ") == false
    }
}

extension Refusal.Case {
    /// A create with this text as its body.
    static func body(_ text: String, _ statuses: Set<Int> = [400], holding: String = "invalid_request") -> Self {
        Self(name: String(text.prefix(60)), body: Array(text.utf8), statuses: statuses, holding: holding)
    }

    /// A good request but for some members, to create.
    static func fields(_ changes: [(String, JSON)], holding: String = "invalid_request") -> Self {
        var request = goodRequest
        for (name, value) in changes { request = request.setting(name, to: value) }
        return Self(
            name: String(JSON.object(JSON.Object(changes)).text.prefix(80)), body: request.serialized, holding: holding)
    }

    static func get(
        _ target: String, _ statuses: Set<Int> = [400], holding: String = "", headers: [(String, String)] = [],
        credential: Credential? = nil, byServer: Bool = false
    ) -> Self {
        Self(
            name: String(target.prefix(80)) + (headers.first.map { " \($0.0): \($0.1.prefix(40))" } ?? ""),
            method: "GET", target: target, headers: headers, credential: credential, statuses: statuses,
            holding: holding, byServer: byServer)
    }

    static let goodRequest: JSON = [
        "module": "delivery", "catalog": "delivery-orders", "format": "csv",
        "dateRange": ["from": "2026-05-01", "to": "2026-05-01"], "columns": ["delivery_code", "customer_id", "status"],
    ]
}

@Suite(.waits) struct RefusalTests {
    @Test(
        arguments: Refusal.credentials + Refusal.tenantsAndIDs + Refusal.bodies + Refusal.fields
            + Refusal.queriesAndPaths + Refusal.surfaces, Depth.allCases)
    func `a bad input is refused in JSON, tells nothing of the server and makes no job`(
        _ refusal: Refusal, at depth: Depth
    ) throws {
        try refusal.check(on: try depth.shared)
    }
}
