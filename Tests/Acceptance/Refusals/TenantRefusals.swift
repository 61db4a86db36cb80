import JSON
import Support

extension Refusal {
    private static let unknown = "01900000-0000-7000-8000-000000000001"
    private static let forbidden = #"{"success":false,"message":"insufficient_permissions"}"#

    static let tenantsAndIDs: [Refusal] = [
        Refusal(row: "I19", what: "tenant_id twice, empty, foreign, unknown, ambiguous") { stage in
            let two = try stage.penstock(
                "token", "--subject", "two", "--tenant", stage.tenant, "--tenant", stage.otherTenant, "--permission",
                "view:reports"
            ).text.split(separator: "\n")
            let both = Credential.bearer(String(two.first ?? ""))
            return [
                .get("/report/exports?tenant_id=\(stage.tenant)&tenant_id=\(stage.tenant)", holding: "twice"),
                .get("/report/exports?tenant_id=", holding: "tenant_id"),
                .get("/report/exports?tenant_id=\(stage.otherTenant)", [403], holding: forbidden),
                .get("/report/exports?tenant_id=no-such-tenant", [403], holding: forbidden),
                .get("/report/exports?tenant_id=%27%20or%201%3D1--", [403], holding: forbidden),
                .get("/report/exports", [400], holding: "tenant_id", credential: both),
                .get("/report/exports?tenant_id=\(stage.otherTenant)", [200], credential: both),
            ]
        },
        Refusal(row: "I20", what: "the id of another tenant's job") { stage in
            // Where exports are made it is a finished one.
            let other = stage.api(.bearer(stage["OTHER_TOKEN"]))
            let id = try other.create(JobLifeTests.small)["id"]?.string ?? ""
            if stage is Stage { _ = try other.job(id, reaching: "ready") }
            return [
                .get("/report/exports/\(id)", [404], holding: #"{"success":false,"message":"not_found"}"#),
                .get("/report/exports/\(id)/download", [404], holding: #"{"success":false,"message":"not_found"}"#),
                Case(
                    name: "cancel", target: "/report/exports/\(id)/cancel", headers: [], statuses: [409],
                    holding: #"{"success":false,"message":"not_cancellable_or_not_found"}"#),
            ]
        },
        Refusal(row: "I21", what: "ids that are none") { _ in
            let ids = [
                unknown, unknown.uppercased(), "00000000-0000-0000-0000-000000000010", "abc", "{\(unknown)}", "1", "-1",
                "%F0%9F%9A%9A", String(repeating: "a", count: 7000), "%27%20or%201=1--", "null", unknown + "0",
            ]
            return ids.flatMap { id in
                [
                    Case.get("/report/exports/\(id)", [404], holding: "not_found"),
                    .get("/report/exports/\(id)/download", [404], holding: "not_found"),
                    Case(
                        name: "cancel \(id.prefix(40))", target: "/report/exports/\(id)/cancel", headers: [],
                        statuses: [409]),
                ]
            } + [
                .get("/report/exports/%00", [400], byServer: true),
                .get("/report/exports/\(String(repeating: "a", count: 40_000))", [414], byServer: true),
            ]
        },
        Refusal(row: "I22", what: "unknown modules") { _ in
            ["unknown", "delivery'", "DELIVERY", "delivery%20", "%2e"].map {
                .get("/report/catalogs/\($0)", [404])
            } + [.get("/report/catalogs/unknown", [404], holding: "module_has_no_catalogs")]
        },
        Refusal(row: "I23", what: "unknown catalogs") { _ in
            ["/report/exports", "/report/exports/preview"].flatMap { target in
                ["foo", "warehouses", "Delivery-Orders", "delivery-orders "].map { name in
                    var one = Case.fields([("catalog", .string(name))], holding: "catalog_not_found")
                    one.target = target
                    one.statuses = [404]
                    return one
                }
            }
        },
    ]
}
