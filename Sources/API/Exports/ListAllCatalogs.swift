import Catalog
import HTTP
import Identity
import JSON

/// GET /report/catalogs
enum ListAllCatalogs {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let reports = call.catalogs(for: caller).reports.filter { $0.tenant.allows(caller.tenant) }
        return .json([
            "success": true, "caller": caller.json,
            "catalogs": .array(reports.map { $0.summaryJSON(language: caller.language) }),
        ])
    }
}

extension Caller {
    /// What a user interface shows and hides by.
    fileprivate var json: JSON {
        [
            "subject": .string(identity.subject), "kind": .string(identity.kind.rawValue), "tenant": .string(tenant),
            "tenants": .array(identity.tenants.map { .string($0) }),
            "permissions": .array(Permission.allCases.filter(identity.has).map { .string($0.rawValue) }),
            "isSuperuser": .bool(identity.isSuperuser),
        ]
    }
}
