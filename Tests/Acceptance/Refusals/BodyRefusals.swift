import JSON
import Support

extension Refusal {
    private static let good = Case.goodRequest.text

    private static func bytes(_ name: String, _ body: [UInt8], _ statuses: Set<Int> = [400]) -> Case {
        Case(name: name, body: body, statuses: statuses)
    }

    private static func typed(_ type: String?, _ more: [(String, String)] = []) -> Case {
        Case(
            name: type ?? "no type", headers: (type.map { [("Content-Type", $0)] } ?? []) + more,
            body: Case.goodRequest.serialized, statuses: [415], holding: "unsupported_media_type")
    }

    static let bodies: [Refusal] = [
        Refusal(row: "I24", what: "bodies that are no object") { _ in
            ["", " ", "null", "[]", "\"x\"", "1", "true"].map { .body($0) }
        },
        Refusal(row: "I25", what: "almost JSON") { _ in
            [
                "{\"a\":1,}", "[1,]", "{\"module\":\"delivery\"} x", "{\"a\":1 /* c */}", "{'module':'delivery'}",
                "{\"a\":NaN}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":\"\\ud800\"}",
                "{\"a\":\"\\ud800\\u0041\"}",
                "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{a:1}", "{\"a\":tru}", "{\"a\" 1}", "{", "{\"a\":\"",
                "\u{FEFF}\(good)",
            ].map { .body($0) }
                + [bytes("UTF-16", good.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })]
        },
        Refusal(row: "I26", what: "a key twice") { _ in
            [
                .body("{\"module\":\"delivery\",\"module\":\"warehouse\"}"),
                .body(good.replacingOccurrence(of: "{\"from\"", with: "{\"from\":\"2026-01-01\",\"from\"")),
                .body("{\"module\":\"delivery\",\"m\\u006fdule\":\"warehouse\"}"),
            ]
        },
        Refusal(row: "I27", what: "deep nesting") { _ in
            [
                .body(String(repeating: "[", count: 100_000)),
                .body(String(repeating: "[", count: 65) + String(repeating: "]", count: 65)),
                .body(String(repeating: "{\"a\":", count: 50_000)),
            ]
        },
        Refusal(row: "I28", what: "large bodies") { _ in
            let keys = (0..<20_000).map { "\"k\($0)\":0" }.joined(separator: ",")
            return [
                bytes("over 1 MiB", [UInt8](repeating: 0x20, count: (1 << 20) + 1), [413]),
                bytes("5 MiB", [UInt8](repeating: 0x5B, count: 5 << 20), [413]), .body("{\(keys)}"),
                .body("{\"a\":\(String(repeating: "9", count: 900_000))}"),
                .body("{\"module\":\"\(String(repeating: "m", count: 100_000))\"}"),
                .body("{\"columns\":[\(String(repeating: "\"a\",", count: 20_000))\"a\"]}"),
            ]
        },
        Refusal(row: "I29", what: "other content types and encodings") { _ in
            [
                typed("text/plain"), typed(nil), typed(""), typed("application/json; charset=utf-16"),
                typed("application/jsonx"), typed("application/x-www-form-urlencoded"),
                typed("multipart/mixed; boundary=x"),
                typed("application/json", [("Content-Encoding", "gzip")]),
            ]
        },
        Refusal(row: "I30", what: "fields that are not the client's to set") { _ in
            ["admin", "status", "tenant_id", "id", "requested_by", "file_name", "Module"].map {
                .fields([($0, "x")], holding: "\"field\":\"\($0)\"")
            } + [
                .fields([("csv", ["path": "/etc/passwd"])], holding: "csv.path"),
                .fields([("dateRange", ["from": "2026-05-01", "to": "2026-05-01", "x": 1])], holding: "dateRange.x"),
            ]
        },
        Refusal(row: "I31", what: "U+0000 in a string") { _ in
            [
                .body("{\"module\":\"delivery\\u0000\"}"),
                .body(good.replacingOccurrence(of: "\"csv\"", with: "\"csv\\u0000\"")),
                .body("{\"mod\\u0000ule\":1}"), .get("/report/exports?module=%00"),
            ]
        },
        Refusal(row: "I32", what: "invalid UTF-8") { _ in
            [
                bytes("in a string", Array("{\"module\":\"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8)),
                bytes("overlong", Array("{\"module\":\"".utf8) + [0xC0, 0xAF] + Array("\"}".utf8)),
                bytes("surrogate", Array("{\"module\":\"".utf8) + [0xED, 0xA0, 0x80] + Array("\"}".utf8)),
                .get("/report/exports?module=%ff"), .get("/report/exports?module=%C0%AF"),
                .get("/report/exports?module=%"), .get("/report/exports?module=%zz"),
            ]
        },
    ]
}
