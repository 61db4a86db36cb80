import JSON
import Support

extension Refusal {
    private static func columns(_ columns: JSON, holding: String = "columns") -> Case {
        .fields([("columns", columns), ("relationFields", [])], holding: holding)
    }

    private static func relation(_ relation: JSON, holding: String = "relation_target_not_whitelisted") -> Case {
        .fields([("relationFields", [relation])], holding: holding)
    }

    private static func range(_ from: JSON, _ to: JSON) -> Case {
        .fields([("dateRange", ["from": from, "to": to])], holding: "dateRange")
    }

    private static func scope(_ type: JSON, _ values: JSON) -> Case {
        .fields([("scope", ["type": type, "values": values])], holding: "scope")
    }

    static let fields: [Refusal] = [
        Refusal(row: "I33", what: "formats") { _ in
            ["pdf", "CSV", "csv\n", ["csv"], 1, nil, "", "xls"].map { (format: JSON) in
                .fields([("format", format)], holding: "\"field\":\"format\"")
            } + [.fields([("format", "pdf")], holding: "format must be one of csv, xlsx")]
        },
        Refusal(row: "I34", what: "columns") { _ in
            [
                columns([]), columns(["status", "status"]), columns([1]), columns("status"), columns([nil]),
                columns(.array((0..<900).map { .string("c\($0)") })),
                columns(.array((0..<10_001).map { .string("c\($0)") }), holding: "invalid_request"),
                columns([.string(String(repeating: "\"", count: 64))], holding: "unknown column: "),
            ]
                + ["foo", "id; drop table", "a\"b", "pg_sleep(10)", "*", "password_hash", "t.id", "STATUS", ""].map {
                    columns(
                        ["status", .string($0)],
                        holding: $0 == "a\"b" ? #"unknown column: a\"b"# : "unknown column: \($0)")
                }.filter { $0.holding != "unknown column: pg_sleep(10)" }
        },
        Refusal(row: "I35", what: "relations") { _ in
            [
                relation(["field": "customer_id", "output": "other"]),
                relation(["field": "customer_id", "output": "reference_value"]),
                relation(["field": "customer_id", "output": "reference_value", "table": "users"]),
                relation([
                    "field": "customer_id", "output": "reference_value", "table": "shadow", "referenceField": "passwd",
                ]),
                relation([
                    "field": "customer_id", "output": "reference_value", "table": "users", "referenceField": "a.b.c",
                ]),
                relation([
                    "field": "customer_id", "output": "reference_value", "table": "users\"",
                    "referenceField": "full_name",
                ]),
                relation([
                    "field": "zone_id", "output": "reference_value", "table": "zones", "referenceField": "name",
                ]),
                relation(["field": "status", "output": "id"]),
                relation(["output": "id"], holding: "relationFields"),
                .fields([("relationFields", "customer_id")], holding: "relationFields"),
                .fields([("relationFields", [1])], holding: "relationFields"),
            ]
        },
        Refusal(row: "I36", what: "date ranges and zones") { _ in
            [
                range("2026-05-02", "2026-05-01"), range("2026-02-30", "2026-03-01"), range("2026-13-01", "2026-13-02"),
                range("infinity", "infinity"), range("0000-01-01", "2026-01-01"), range("10000-01-01", "10000-01-02"),
                range("2026-05-01T00:00:00Z", "2026-05-02"), range("2026-5-1", "2026-05-02"),
                range(20_260_501, 20_260_502),
                range(" 2026-05-01", "2026-05-02"), range("now", "tomorrow"), range("0001-01-01", "9999-12-31"),
                .fields([("dateRange", ["from": "2026-05-01"])], holding: "dateRange.to"),
                .fields([("dateRange", ["to": "2026-05-01"])], holding: "dateRange.from"),
                .fields([("dateRange", "2026")], holding: "dateRange"),
            ]
                + ["Mars/Olympus", "+25:00", "'; drop table x", "", "../../etc/localtime", "UTC\n"].map {
                    .fields([("timezone", .string($0))], holding: "timezone")
                }
        },
        Refusal(row: "I38", what: "statuses") { _ in
            [["nope"], "pending", ["pending", "'"], [1], ["pending", "pending"], ["PENDING"]].map {
                .fields([("statuses", $0)], holding: "statuses")
            } + [
                .fields([("statuses", .array((0..<100_000).map { .string("s\($0 % 10)") }))]),
                .fields(
                    [
                        ("catalog", "inventory-stock"), ("module", "warehouse"), ("columns", ["location"]),
                        ("statuses", ["x"]),
                    ],
                    holding: "statuses"),
            ]
        },
        Refusal(row: "I39", what: "scopes") { _ in
            [
                scope("nope", ["x"]), scope("zone", ["' OR '1'='1"]), scope("zone", "x"), scope("zone", [1]),
                scope("zone", []), .fields([("scope", ["type": "zone"])], holding: "scope.values"),
                .fields([("scope", ["values": []])], holding: "scope.type"),
                .fields([("scope", ["type": "zone", "values": .array((0..<100_000).map { .int($0) })])]),
            ]
        },
        Refusal(row: "I63", what: "options of the file") { _ in
            [
                .fields([("csv", ["delimiter": ""])], holding: "csv.delimiter"),
                .fields([("csv", ["delimiter": "ab"])], holding: "csv.delimiter"),
                .fields([("csv", ["delimiter": "\""])], holding: "csv.delimiter"),
                .fields([("csv", ["delimiter": "\n"])], holding: "csv.delimiter"),
                .fields([("csv", ["bom": "yes"])], holding: "csv.bom"),
                .fields([("csv", ["header": "both"])], holding: "csv.header"),
                .fields([("csv", ["formulaGuard": 1])], holding: "csv.formulaGuard"),
                .fields([("compression", "zip")], holding: "compression"),
                .fields([("locale", "xx-!!")], holding: "locale"),
                .fields([("sort", [["field": "created_at;--", "direction": "asc"]])], holding: "sort"),
                .fields([("sort", [["field": "status", "direction": "up"]])], holding: "sort"),
                .fields([("sort", "status")], holding: "sort"),
                .fields(
                    [("filterFile", "(a+)+$" + .string(String(repeating: "a", count: 50_000)))], holding: "filterFile"),
            ]
        },
        Refusal(row: "I33–I39", what: "all faults at once") { _ in
            [
                .fields(
                    [
                        ("format", "pdf"), ("columns", ["foo", "bar"]), ("statuses", ["x"]), ("timezone", "nowhere"),
                        ("dateRange", ["from": "2026-02-30", "to": 1]), ("scope", ["type": "x", "values": ["y"]]),
                        ("csv", ["bom": 1]), ("unheard", true),
                    ],
                    holding: "{\"field\":\"format\",\"message\":\"format must be one of csv, xlsx\"}")
            ]
        },
    ]
}

extension JSON {
    fileprivate static func + (left: JSON, right: JSON) -> JSON { .string((left.string ?? "") + (right.string ?? "")) }
}
