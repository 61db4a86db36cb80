import JSON
import Support

/// The rows of the table that concern surfaces 2, 3 and 4, each in the surface's own words.
extension Refusal {
    private static let reports = "/b/api/v1/reports/files/"
    private static let recent = "/api/v1/exports"
    private static let records = "/api/v1/exports/"
    private static let unknown = "01900000-0000-7000-8000-000000000001"

    static let surfaces: [Refusal] = [
        Refusal(row: "I1", what: "no credential on surfaces 2 to 4") { _ in
            [
                "/b/api/v1/reports", "/b/api/v1/reports/", reports, "\(reports)x/download/", recent, records,
                "\(recent)/1", "\(records)1/",
            ].map { .get($0, [401], credential: Credential.none) } + [
                Case(
                    name: "create", target: recent, body: Array("{}".utf8), credential: Credential.none, statuses: [401]
                ),
                Case(
                    name: "set_cancel", target: "\(records)1/set_cancel/", headers: [], credential: Credential.none,
                    statuses: [401]),
            ]
        },
        Refusal(row: "S38", what: "changes that a page of another origin asks for") { stage in
            let basic = Credential.basic(stage["BASIC"])
            let targets = [
                "/report/exports", "/report/exports/preview", "/report/exports/\(unknown)/cancel", recent,
                "\(records)1/set_cancel/",
            ]
            let form = Array("--b\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n{}\r\n--b--\r\n".utf8)
            return targets.flatMap { target in
                [
                    [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example.org")],
                    [("Origin", "https://evil.example.org")], [("Origin", "null")],
                ].map { fields in
                    Case(
                        name: "\(target) \(fields)", target: target,
                        headers: fields + [("Content-Type", "multipart/form-data; boundary=b")], body: form,
                        credential: basic, statuses: [403], holding: target.hasPrefix(records) ? "permission" : "origin"
                    )
                }
            }
        },
        Refusal(row: "I15", what: "a user who may not view reports") { stage in
            let denied = Credential.basic(stage["BASIC_DENIED"])
            return [
                .get(
                    reports, [403], holding: #"{"code":"forbidden","message":"No permission assigned"}"#,
                    credential: denied),
                .get("\(reports)x/download/", [403], holding: "No permission assigned", credential: denied),
                .get(recent, [403], holding: "insufficient_permissions", credential: denied),
                .get(records, [403], holding: "You do not have permission", credential: denied),
            ]
        },
        Refusal(row: "I19", what: "tenants on surfaces 2 to 4") { stage in
            [reports, recent, records].flatMap { target in
                [
                    Case.get("\(target)?tenant_id=\(stage.otherTenant)", [403]),
                    .get("\(target)?tenant_id=no-such-tenant", [403]),
                    .get("\(target)?tenant_id=", [400], holding: "tenant_id"),
                    .get("\(target)?tenant_id=\(stage.tenant)&tenant_id=\(stage.tenant)", [400], holding: "twice"),
                ]
            }
        },
        Refusal(row: "I21", what: "ids and tokens that are none") { _ in
            let ids = [
                unknown, unknown.uppercased(), "00000000-0000-0000-0000-000000000010", "abc", "{\(unknown)}", "0", "-1",
                "01", "+1", "1e3", "9223372036854775807", "9223372036854775808", "%D9%A1", "%F0%9F%9A%9A",
                String(repeating: "9", count: 7000), "%27%20or%201=1--", "null", unknown + "0", "1%20",
            ]
            return ids.flatMap { id in
                [
                    Case.get("\(recent)/\(id)", [404], holding: "not_found"),
                    .get("\(records)\(id)/", [404], holding: #"{"detail":"Not found."}"#),
                    .get("\(reports)\(id)/download/", [404], holding: "Report not found"),
                ]
            } + [
                .get("\(recent)/%00", [400], byServer: true),
                .get("\(reports)\(String(repeating: "a", count: 40_000))/download/", [414], byServer: true),
            ]
        },
        Refusal(row: "I37", what: "dates of reports that are none or out of order") { _ in
            [
                .get(
                    "\(reports)?created_after=2026-05-02&created_before=2026-05-01",
                    holding: #""message":"Bad filters"}"#)
            ]
                + [
                    "2026-02-30", "2026-13-01", "0000-01-01", "10000-01-01", "infinity", "", "2026-5-1",
                    "2026-05-01T", "2026-05-01T25:00:00Z", "2026-05-01T00:00:00", "2026-05-01%2000:00:00Z",
                    "T00:00:00Z",
                ]
                .flatMap {
                    [
                        Case.get("\(reports)?created_after=\($0)", holding: "invalid_parameters"),
                        .get("\(reports)?created_before=\($0)", holding: "created_before"),
                    ]
                } + [.get("\(reports)?created_after=2026-05-01&created_before=2026-05-01", [200])]
        },
        Refusal(row: "I40", what: "limits and offsets of surfaces 2 to 4") { _ in
            let bad = ["0", "-1", "1e3", "%201", "%D9%A1", "+1", "1.0", "", "9223372036854775808"]
            return bad.flatMap { limit in
                [reports, recent, records].map { Case.get("\($0)?limit=\(limit)", holding: "limit") }
            }
                + ["-1", "1e3", "%201", "", "9223372036854775808", "1000000001"].flatMap { offset in
                    [reports, records].map { Case.get("\($0)?offset=\(offset)", holding: "offset") }
                } + [
                    .get("\(reports)?limit=201", holding: "limit"), .get("\(reports)?limit=200", [200]),
                    .get("\(recent)?limit=101", holding: "limit"), .get("\(recent)?limit=100", [200]),
                    .get("\(records)?limit=201", holding: "limit"),
                    .get("\(records)?limit=200&offset=1000000000", [200]),
                    .get("\(recent)?offset=0", holding: "offset"), .get("\(records)?page=1", holding: "page"),
                ]
        },
        Refusal(row: "I41", what: "cursors that nobody gave") { _ in
            [
                "", "A", "AAAA", String(repeating: "A", count: 60), "%27--", "..%2f..",
                String(repeating: "A", count: 5000),
            ].map {
                .get("\(reports)?cursor=\($0)", holding: "invalid_parameters")
            }
        },
        Refusal(row: "I42", what: "filters of surfaces 2 to 4") { _ in
            [
                .get("\(reports)?interval=hourly", holding: "interval"),
                .get("\(reports)?interval=", holding: "interval"),
                .get("\(reports)?source=x", holding: "source"), .get("\(reports)?source=AUTO", holding: "source"),
                .get("\(reports)?sort=created_at;--", holding: "sort"),
                .get("\(recent)?status=completed", holding: "status"),
                .get("\(recent)?parent_report_id=x", holding: "parent_report_id"),
                .get("\(records)?status=ready", holding: "status"),
                .get("\(records)?format_type=pdf", holding: "format_type"),
                .get("\(records)?ordering=-id", holding: "ordering"),
            ]
        },
        Refusal(row: "I36", what: "lookups of created_date that are none, and values that are none") { _ in
            [
                "created_date__like=2024-01-01", "created_date__date__gt__lt=2024-01-01", "created_date__=2024-01-01",
                "created_date_gt=2024-01-01", "created_dates=2024-01-01", "created_date__gt__date=2024-01-01",
                "created_date__month=x", "created_date__month=-1", "created_date__year=0", "created_date__year=10000",
                "created_date__gt=yesterday", "created_date__gt=2024-02-30", "created_date__gt=",
                "created_date__date=2024-1-1",
                "created_date__range=2024-01-01", "created_date__range=2024-01-01,", "created_date__week_day=0",
                "created_date__time=25:00:00", "created_date__gt=2024-01-01T00:00:00%2B25:00",
                "created_date__gt=infinity",
                "created_date__isnull=maybe", "created_date__month=%27%20or%201=1",
            ].map { .get("\(records)?\($0)", holding: "created_date") }
        },
        Refusal(row: "I45", what: "methods on surfaces 2 to 4") { _ in
            let wrong: [(String, String)] = [
                ("POST", "/b/api/v1/reports"), ("DELETE", reports), ("PUT", "\(reports)x/download/"), ("PATCH", recent),
                ("DELETE", "\(recent)/1"), ("POST", "\(recent)/1"), ("POST", records), ("PUT", "\(records)1/"),
                ("GET", "\(records)1/set_cancel/"), ("FOO", recent), ("FOO", records),
            ]
            return wrong.map { method, target in
                Case(name: "\(method) \(target)", method: method, target: target, headers: [], statuses: [405])
            } + [.get("\(recent)?limit=1", [200], headers: [("X-HTTP-Method-Override", "DELETE")])]
        },
        Refusal(row: "I46", what: "paths beside the routes of surfaces 2 to 4") { _ in
            [
                "/b/api/v1/reports/files", "/b/api/v1/reports/x", "\(reports)x", "\(reports)x/", "\(reports)x/download",
                "\(records)1/set_cancel", "\(records)1/other/", "\(records)1/set_cancel/x",
            ].map { .get($0, [404]) }
        },
        Refusal(row: "I49", what: "set_cancel by one who is no superuser") { stage in
            let running = try stage.api.create(JobLifeTests.small)["id"]?.string ?? ""
            return [stage["TOKEN"], stage["VIEW_TOKEN"], stage["OTHER_TOKEN"]].map {
                Case(
                    name: "set_cancel", target: "\(records)\(running)/set_cancel/", headers: [],
                    credential: .bearer($0),
                    statuses: [403], holding: #"{"detail":"You do not have permission to perform this action."}"#)
            }
        },
    ]
}
