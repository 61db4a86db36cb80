import Catalog
import HTTP
import JSON

/// GET /report/catalogs/:module
enum ListCatalogs {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let module = call["module"]
        let reports = call.catalogs(for: caller).reports(module: module)
        guard !reports.isEmpty else {
            throw APIError(
                404, "module_has_no_catalogs", "The module has no catalogs", details: [("module", .string(module))])
        }
        return .json([
            "success": true, "module": .string(module),
            "catalogs": .array(reports.map { $0.catalogJSON(language: caller.language) }),
        ])
    }
}
