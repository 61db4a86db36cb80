import Support

extension Refusal {
    static let queriesAndPaths: [Refusal] = [
        Refusal(row: "I40", what: "page and limit") { _ in
            ["0", "-1", "1000000000000000000", "1e3", "%201", "%D9%A1", "+1", "1.0", "0x1", "", "9223372036854775808"]
                .flatMap {
                    [
                        Case.get("/report/exports?page=\($0)", holding: "\"field\":\"page\""),
                        .get("/report/exports?limit=\($0)", holding: "\"field\":\"limit\""),
                    ]
                } + [
                    .get("/report/exports?limit=101", holding: "limit"), .get("/report/exports?limit=100", [200]),
                    .get("/report/exports?page=1000000&limit=100", [200]),
                ]
        },
        Refusal(row: "I42", what: "unknown filters") { _ in
            [
                .get("/report/exports?status=done", holding: "status"),
                .get("/report/exports?status=", holding: "status"),
                .get("/report/exports?status=ready%27--", holding: "status"),
                .get("/report/exports?sort=created_at;--", holding: "sort"), .get("/report/exports?x=1", holding: "x"),
                .get("/report/exports?status=ready&status=failed", holding: "twice"),
                .get("/report/exports?module=%25_%5C&catalog=%27%20or%201%3D1", [200], holding: "\"total\":0"),
            ]
        },
        Refusal(row: "I43", what: "languages") { _ in
            ["../../etc", "en%0d%0aX:%20y", String(repeating: "e", count: 5000), "e"].map {
                .get("/report/catalogs/delivery?language=\($0)", holding: "language")
            } + [
                .get("/report/catalogs/delivery?language=xx", [200], holding: "Delivery Orders"),
                .get("/report/catalogs/delivery?language=nb", [200], holding: "Leveranseordrer"),
                .get("/report/catalogs/delivery?language=nb-NO", [200], holding: "Leveranseordrer"),
            ]
        },
        Refusal(row: "I44", what: "Accept") { _ in
            [
                .get("/report/exports/abc", [404], holding: "success", headers: [("Accept", "text/html")]),
                .get("/report/exports/abc", [404], holding: "success", headers: [("Accept", "\u{1F600};q=x,,;")]),
                .get("/report/exports?limit=1", [200], headers: [("Accept", "text/html")]),
                .get(
                    "/report/exports?limit=1", [400, 431], headers: [("Accept", String(repeating: "x", count: 40_000))],
                    byServer: true),
            ]
        },
        Refusal(row: "I45", what: "methods") { _ in
            let wrong: [(String, String)] = [
                ("PATCH", "/report/exports"), ("PUT", "/report/exports"), ("DELETE", "/report/exports"),
                ("FOO", "/report/exports"), ("GET", "/report/exports/preview"),
                ("POST", "/report/catalogs/delivery"),
                ("PATCH", "/report/exports/01900000-0000-7000-8000-000000000001"),
                ("GET", "/report/exports/01900000-0000-7000-8000-000000000001/cancel"),
                ("POST", "/report/exports/01900000-0000-7000-8000-000000000001/download"),
                ("POST", "/report/files/01900000-0000-7000-8000-000000000001/x.csv"),
                ("HEAD", "/report/exports/preview"),
            ]
            return wrong.map { method, target in
                Case(
                    name: "\(method) \(target)", method: method, target: target, headers: [], statuses: [405],
                    holding: method == "HEAD" ? "" : "method_not_allowed")
            } + [
                Case(
                    name: "TRACE", method: "TRACE", target: "/report/exports", headers: [], statuses: [405],
                    byServer: true),
                .get("/report/exports?limit=1", [200], headers: [("X-HTTP-Method-Override", "DELETE")]),
            ]
        },
        Refusal(row: "I46", what: "paths beside the routes") { _ in
            [
                "/report", "/report/", "/report/exports/", "/report/exports;x=1", "/report/nothing", "/report/catalog",
                "/report/catalogs/", "/report/catalogs/delivery/x", "/report/exports/abc/other",
                "/report/exports/a/b/c",
                "/report/Exports", "/report/exports%2fpreview%2fx", "/report/files", "/report/files/x",
            ].map { .get($0, [404], holding: "not_found") }
                + [
                    .get("/REPORT/exports", [404], byServer: true),
                    .get("/report/exports/..%2f..%2f..%2fetc%2fpasswd", [400], byServer: true),
                    .get("/report/exports/../../../etc/passwd", [400], byServer: true),
                    // nginx has decoded and merged these before anybody routes: they are the route itself.
                    .get("/report//exports?limit=1", [200]), .get("/report/./exports?limit=1", [200]),
                    .get("/report/%65xports?limit=1", [200]),
                ]
        },
        Refusal(row: "I55", what: "the files' internal place asked for directly") { _ in
            [
                "/_penstock_files/", "/_penstock_files/x.csv", "/%5fpenstock_files/x", "//_penstock_files/x",
                "/_penstock_files/../keys/jwks.json", "/_penstock_files..%2fkeys", "/_penstock_files../keys/jwks.json",
            ].map { .get($0, [404], credential: Credential.none, byServer: true) }
        },
    ]
}
