import JSON
import Posix
import Support

/// docs/curl.md: every call of the OpenAPI document as a command of curl, with the document's own examples.
struct CurlGuide {
    let document: JSON

    /// What the document does not say of a call: where its ids come from, and what is kept of its answer.
    struct Call {
        var query = ""
        var headers: [String] = []
        /// A command before it.
        var before: String?
        /// The variable that the answer gives, and the filter of jq that finds it there.
        var keeps: (variable: String, filter: String)?
        /// In place of what the document gives.
        var command: String?
        /// Whether a test can run it as it stands.
        var runs = true
        /// Needs a host that takes no exports: those that it makes stay in the queue.
        var meetsPending = false
        /// Run after all others: it takes away what they use.
        var last = false
    }

    private static let calls: [String: Call] = [
        "createExport": Call(headers: ["Prefer: wait=10"], keeps: ("id", ".data.id")),
        "getExport": Call(query: "?include=request"), "listExports": Call(query: "?status=ready&limit=5"),
        "listScopeValues": Call(query: "?search=o"),
        "linkExport": Call(keeps: ("link", ".data.downloadUrl")),
        "getFile": Call(command: "curl -fsS -o orders.csv \"$link\""),
        "getPartFile": Call(
            command: """
                part=$(curl -fsS -H "$auth" "$url/report/exports/$id/download?part=1" | jq -r .data.downloadUrl)
                curl -fsS -o part.csv "$part"
                """, runs: false),
        "streamEvents": Call(
            command:
                "curl -sSN --max-time 1 -H \"$auth\" \"$url/report/exports/events\" || [ $? -eq 28 ]   # 28: the time is over"
        ),
        "cancelExport": Call(before: queued, keeps: nil, meetsPending: true),
        "removeExport": Call(last: true),
        "getOpenAPI": Call(command: "curl -fsS -o openapi.json \"$url/report/openapi.json\""),
        "createSchedule": Call(keeps: ("schedule", ".data.id")),
        "getSchedule": Call(query: "?include=upcoming"), "removeSchedule": Call(last: true),
        "createPreset": Call(keeps: ("preset", ".data.id")), "removePreset": Call(last: true),
        "searchAudit": Call(query: "?outcome=granted&limit=5"),
        "listReports": Call(query: "?limit=5", keeps: ("report", "'.results[0].encrypted_id'")),
        "listReportsUnderSlash": Call(query: "?limit=5"), "listReportFiles": Call(query: "?limit=5"),
        "downloadReport": Call(
            command: "curl -fsS -o report.csv -H \"$auth\" \"$url/b/api/v1/reports/files/$report/download/\""),
        "listExportReports": Call(query: "?limit=5", keeps: ("recent", "'.exports[0].id'")),
        "listExportRecords": Call(query: "?status=completed&limit=5"),
        "cancelExportRecord": Call(before: queued, meetsPending: true),
        "listReexports": Call(query: "?limit=5"),
        "createReexport": Call(keeps: ("reexport", ".reexport_id")),
        "updateReexport": Call(before: again, meetsPending: true),
        "cancelReexport": Call(before: again, meetsPending: true),
    ]

    private static let queued = """
        queued=$(curl -fsS -H "$auth" -H "$json" -d '{"module":"delivery","catalog":"delivery-orders","format":"xlsx"}' "$url/report/exports" | jq -r .data.id)
        """

    private static let again = """
        again=$(curl -fsS -H "$auth" -H "$json" -d '{"report_id":"'"$id"'","export_params":{"format":"csv"}}' "$url/api/v1/report-reexports" | jq -r .reexport_id)
        """

    /// The variable that stands for a parameter of the path.
    private static func variable(_ parameter: String, of operation: String, _ tag: String) -> String? {
        if calls[operation]?.before == queued { return "queued" }
        if calls[operation]?.before == again { return "again" }
        return switch (parameter, tag) {
        case ("id", "Schedules"): "schedule"
        case ("id", "Saved requests"): "preset"
        case ("id", "Recent"): "recent"
        case ("id", _): "id"
        case ("reexport_id", _): "reexport"
        default: nil
        }
    }

    struct Block {
        let operation: String
        let call: Call
        let commands: String
    }

    private struct Operation {
        let path: String
        let method: String
        let value: JSON
        var id: String { value["operationId"]?.string ?? "" }
        var tag: String { value["tags"]?.array?.first?.string ?? "" }
    }

    private var operations: [Operation] {
        (document["paths"]?.object?.members ?? []).flatMap { path, item in
            (item.object?.members ?? []).map { Operation(path: path, method: $0.0.uppercased(), value: $0.1) }
        }
    }

    var operationIDs: [String] { operations.map(\.id) }
    var blocks: [Block] { operations.map(block) }

    private func resolved(_ value: JSON) -> JSON {
        guard let name = value["$ref"]?.string?.split(separator: "/").last else { return value }
        return document["components"]?["parameters"]?[String(name)] ?? value
    }

    private func block(_ operation: Operation) -> Block {
        let call = Self.calls[operation.id] ?? Call()
        var path = operation.path
        for parameter in (operation.value["parameters"]?.array ?? []).map(resolved) where parameter["in"] == "path" {
            let name = parameter["name"]?.string ?? ""
            let value =
                Self.variable(name, of: operation.id, operation.tag).map { "$\($0)" } ?? parameter["example"]?.string
            path = path.replacing("{\(name)}", with: value ?? "{\(name)}")
        }
        var words = ["curl -fsS"]
        if operation.method != "GET" { words.append("-X \(operation.method)") }
        if operation.value["security"] != [[:]] { words.append("-H \"$auth\"") }
        words += call.headers.map { "-H '\($0)'" }
        if var body = operation.value["requestBody"]?["content"]?["application/json"]?["example"]?.text {
            if operation.method == "POST" { words.removeAll { $0 == "-X POST" } }
            body = body.replacing(#/"report_id":"[^"]*"/#, with: #""report_id":"'"$id"'""#)
            words += ["-H \"$json\"", "\\\n    -d '\(body)'", "\\\n   "]
        }
        words.append("\"$url\(path)\(call.query)\"")
        var command = call.command ?? words.joined(separator: " ")
        if let (variable, filter) = call.keeps { command = "\(variable)=$(\(command) | jq -r \(filter))" }
        return Block(
            operation: operation.id, call: call,
            commands: [call.before, command].compactMap { $0 }.joined(separator: "\n"))
    }

    /// The first commands of the page, which name the service and the caller.
    static let beginning = """
        url=${url:-http://localhost:8080}          # where nginx is
        auth="Authorization: Bearer $token"        # or "Api-Key: psk_…"; a user with a password: curl -u NAME:PASSWORD
        json='Content-Type: application/json'
        """

    var page: String {
        var text = """
            # Every call, with curl

            A command for each call of the [OpenAPI document](api.md), with its examples, over the catalogs of the demo (`make run`). A test makes this page of the
            document and runs the commands as they stand, in their order, but those last that take something away. What the calls mean is in [the APIs](api.md); each answer is described by the document
            (`penstock openapi`).

            ```sh
            \(Self.beginning)
            ```

            `token` may be one of `penstock token --subject you --tenant TENANT --permission view:reports --permission export:reports`; with `--superuser` it may do all of this
            page. `jq` finds what the next call needs in an answer.

            """
        var tag = ""
        for operation in operations {
            if operation.tag != tag {
                tag = operation.tag
                text += "\n## \(tag)\n"
            }
            let block = block(operation)
            let lines = (operation.value["description"]?.string ?? "").split(
                separator: "\n", omittingEmptySubsequences: false)
            let first = lines.prefix { !$0.isEmpty && !$0.hasPrefix("-") }.joined(separator: " ")
            text += """

                **\(operation.value["summary"]?.string ?? "")** · `\(operation.method) \(operation.path)`\(first.isEmpty ? "" : "  \n\(first)")\(block.call.runs ? "" : " (It takes an export in parts that is still being made; no test runs this one.)")

                ```sh
                \(block.commands)
                ```

                """
        }
        return text
    }
}
