import Catalog
import HTTP
import Identity
import JSON

/// GET /report/catalogs/:module
extension Application {
    func listCatalogs(_ module: String, _ request: Request) throws -> Response {
        let caller = try Caller(request, self, needs: Permission.viewReports)
        let reports = catalogs.reports(module: module)
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
