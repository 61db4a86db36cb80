import Catalog
import Generation

extension Application {
    /// Throws what keeps a decoded request from being compiled.
    /// - Parameter renaming: gives a fault the name that the client used for its field.
    func checkCompiles(
        _ request: ExportRequest, of report: Report, tenant: String, language: String,
        renaming: (RequestFault) -> RequestFault = { $0 }
    ) throws(APIError) {
        do {
            _ = try Compiler.compile(
                request, of: report, tenant: tenant, language: language, comparing: knownOrders(request, of: report))
        } catch .unordered(let term, let name, let type) {
            let message = CompileError.unordered(term: term, name: name, type: type).description
            let field = request.sort.isEmpty ? "sort" : "sort.\(term).field"
            throw .invalid([renaming(RequestFault(field: field, message: message))])
        } catch {
            throw .invalid("tenant_id", error.description)
        }
    }

    /// Of the columns that a request sorts by, those may have no order that are declared `string`, which any type can
    /// be. A database that is out of reach is no reason to refuse: the job waits for it.
    private func knownOrders(_ request: ExportRequest, of report: Report) -> ColumnComparisons {
        guard request.sort.contains(where: { report.column($0.field)?.type == .string }) else { return .assumed }
        let known = try? backends.withSource { session in
            try session.inspecting { try ColumnComparisons.read(report.comparedColumns(by: request), on: $0) }
        }
        return known ?? .assumed
    }
}
