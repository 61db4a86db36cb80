import JSON

/// A request for a tenant's rows that fits its report and will compile: jobs are made of it, previews show it, and it
/// is run.
///
///     body, or stored request ──▶ decode: names, values, by the catalog ──▶ check: tenant and order ──▶ CheckedExport
///                                                                                                         │
///                                    in the transaction that will run it, with its columns' types ──▶ compiled
package struct CheckedExport: Sendable {
    package let request: ExportRequest
    package let report: Report
    package let tenant: String
    /// Of the columns' labels.
    package let language: String

    /// How the columns that a request compares or sorts by are compared, by the database's answer.
    package typealias Comparing = (Set<ColumnPlace>) throws -> ColumnComparisons

    /// A request from a client's body.
    /// - Parameters:
    ///   - body: at its beginning, under the names of its surface.
    ///   - knowsTimeZone: whether the data's server knows a zone of this name, which has the form of one.
    ///   - comparing: asked for the columns of `sort` whose types may have no order, if any.
    ///   - besides: further faults, given the report where the body names one.
    /// - Throws: `RequestError`; the closures' errors.
    package init(
        _ body: FieldReader, in catalogs: CatalogSet, tenant: String, language: String,
        knowsTimeZone: (String) throws -> Bool, comparing: Comparing,
        besides: (Report?) -> [RequestFault] = { _ in [] }
    ) throws {
        let (request, report) = try Self.decode(
            body, in: catalogs, knowsTimeZone: knowsTimeZone, besides: besides)
        try self.init(
            request, of: report, tenant: tenant, language: language, names: body.names, comparing: comparing)
    }

    /// Finds the report that the body names and compares the rest with it.
    /// - Parameters:
    ///   - body: at its beginning, under the names of its surface.
    ///   - knowsTimeZone: whether a zone of this name, which has the form of one, exists.
    ///   - besides: further faults, given the report where the body names one.
    /// - Throws: `RequestError`; the errors of `knowsTimeZone`.
    package static func decode(
        _ body: FieldReader, in catalogs: CatalogSet, knowsTimeZone: (String) throws -> Bool,
        besides: (Report?) -> [RequestFault] = { _ in [] }
    ) throws -> (request: ExportRequest, report: Report) {
        guard body.faults.isEmpty else { throw RequestError.faults(body.faults + besides(nil)) }
        var beginning = body
        var report: Report?
        if let module = beginning.take("module")?.string, let catalog = beginning.take("catalog")?.string {
            report = catalogs.report(module: module, key: catalog)
            if report == nil { throw RequestError.unknownCatalog(module: module, catalog: catalog) }
        }
        var decoding = RequestDecoding(body, report: report)
        let request = try decoding.request(knowsTimeZone: knowsTimeZone)
        let faults = decoding.faults + besides(report)
        guard let request, let report, faults.isEmpty else { throw RequestError.faults(faults) }
        return (request, report)
    }

    /// A stored request, of a report of today's. Its time zone was known once, and how columns are compared is asked
    /// when it runs.
    /// - Throws: `RequestError`.
    package init(stored: JSON, of report: Report, tenant: String, language: String) throws(RequestError) {
        let request = try RequestDecoding.decode(stored: stored, of: report)
        try self.init(request, of: report, tenant: tenant, language: language, comparisons: .assumed, names: .own)
    }

    /// A decoded request.
    /// - Throws: `RequestError`; the errors of `comparing`.
    package init(
        _ request: ExportRequest, of report: Report, tenant: String, language: String, names: FieldNames = .own,
        comparing: Comparing
    ) throws {
        let size = request.json.text.utf8.count
        guard size <= ExportRequest.storedBytes else {
            let message = "takes \(size) bytes as it is stored; \(ExportRequest.storedBytes) are allowed"
            throw RequestError.faults([RequestFault(field: "body", message: "the request \(message)")])
        }
        // Only a column that is declared `string` can be of a type without an order.
        let isAsked = request.sort.contains { report.column($0.field)?.type == .string }
        try self.init(
            request, of: report, tenant: tenant, language: language,
            comparisons: isAsked ? try comparing(report.comparedColumns(by: request)) : .assumed, names: names)
    }

    private init(
        _ request: ExportRequest, of report: Report, tenant: String, language: String, comparisons: ColumnComparisons,
        names: FieldNames
    ) throws(RequestError) {
        do {
            try Compiler.check(request, of: report, tenant: tenant, comparing: comparisons)
        } catch .unordered(let term, let name, let type) {
            let path = request.sort.isEmpty ? ["sort"] : ["sort", "\(term)", "field"]
            let message = CompileError.unordered(term: term, name: name, type: type).description
            throw .faults([names.named(RequestFault(path: path, message: message))])
        } catch {
            throw .uncompilable(error)
        }
        self.request = request
        self.report = report
        self.tenant = tenant
        self.language = language
    }

    /// Every column that the statements compare or sort by.
    package var comparedColumns: Set<ColumnPlace> { report.comparedColumns(by: request) }

    /// - Parameters:
    ///   - zone: where the days of the date range begin and end, when that is not the request's own `timezone`.
    ///   - comparisons: of `comparedColumns`, in the database that will run the statements.
    package func compiled(
        daysIn zone: String? = nil, comparing comparisons: ColumnComparisons
    ) throws(CompileError) -> CompiledExport {
        try Compiler.compile(
            request, of: report, tenant: tenant, language: language, daysIn: zone, comparing: comparisons)
    }
}
