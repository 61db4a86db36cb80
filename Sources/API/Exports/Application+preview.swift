import Catalog
import Configuration
import Formats
import Generation
import HTTP
import Identity
import JSON

/// POST /report/exports/preview
extension Application {
    func preview(_ call: Call, _ caller: Caller) throws -> Response {
        let wanted = try ExportWish(try call.json(), caller, self, upload: call.uploaded?.list)
        let preview = try backends.withSource { session in
            try Preview.take(
                session, wanted.request, of: wanted.report, tenant: caller.tenant, language: caller.language,
                seconds: configuration.previewSeconds, rowBytes: configuration.workerMemoryBytes / 6,
                filter: try wanted.keys(self, caller))
        }
        let columns = preview.columns
        let rows = preview.rows.map { row in
            JSON.object(JSONObject(zip(columns, row).map { ($0.key, .string(orNull: $1)) }))
        }
        let described = columns.map { column -> JSON in
            [
                "key": .string(column.key), "label": .string(column.label), "type": .string(column.type.apiName),
                "relationOutput": .string(orNull: column.relationOutput),
            ]
        }
        var data: JSONObject = [
            "module": .string(wanted.report.module), "catalog": .string(wanted.report.key),
            "category": .string(wanted.report.category), "format": .string(wanted.request.format.rawValue),
            "previewLimit": .int(Preview.limit), "totalRows": .int(preview.totalRows),
            "done": .bool(preview.isComplete), "columns": .array(described), "rows": .array(rows),
        ]
        for (name, value) in preview.filter?.members ?? [] { data[name] = value }
        return .json(["success": true, "data": .object(data)])
    }
}

/// The body of create and preview, checked against its catalog.
struct ExportWish {
    let report: Report
    let request: ExportRequest
    /// The list of keys that came with the body.
    let upload: Upload?

    /// - Parameter renaming: gives a fault the name that the client used for its field.
    init(
        _ body: JSON, _ caller: Caller, _ application: Application, upload: Upload? = nil,
        renaming: (RequestFault) -> RequestFault = { $0 }
    ) throws {
        self.upload = upload
        // The closure cannot throw; a database that is away while a zone is looked up is told after the decoding.
        var failure: (any Error)?
        let decoded = withoutActuallyEscaping(
            { (zone: String) -> Bool in
                do {
                    return try application.backends.knows(timeZone: zone)
                } catch {
                    failure = error
                    return true
                }
            },
            do: { ExportRequest.decode(body, in: application.catalogs, knowsTimeZone: $0) })
        if let failure { throw failure }
        switch decoded {
        case .request(let request, let report):
            self.request = request
            self.report = report
        case .unknownCatalog(let module, let catalog):
            throw APIError(
                404, "catalog_not_found", "There is no such catalog",
                details: [("module", .string(module)), ("catalog", .string(catalog))])
        case .faults(let faults):
            throw APIError.invalid(faults.map(renaming) + Self.fileFaults(upload, body, application.catalogs))
        }
        let faults = Self.fileFaults(upload, body, application.catalogs)
        if !faults.isEmpty { throw APIError.invalid(faults) }
        try application.checkCompiles(
            self.request, of: report, tenant: caller.tenant, language: caller.language, renaming: renaming)
    }
}
