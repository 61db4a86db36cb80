import JSON

/// Requests from JSON: the body of a create or preview, and a request as it is stored.
extension RequestDecoding {
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

    /// A stored request on its way to run, compared with its report as it is today. Its time zone was known once.
    package static func decode(stored json: JSON, of report: Report) throws(RequestError) -> ExportRequest {
        guard json["module"]?.string == report.module, json["catalog"]?.string == report.key else {
            throw .faults([RequestFault(field: "catalog", message: "another catalog's request")])
        }
        var decoding = RequestDecoding(FieldReader(json), report: report)
        guard let request = decoding.request(knowsTimeZone: { _ in true }), decoding.faults.isEmpty else {
            throw .faults(decoding.faults)
        }
        return request
    }

    /// A stored request whose report may have changed or gone; for rendering, not for compiling. The field that
    /// cannot be understood without the report is left out: `relationFields`.
    package static func decode(stored json: JSON) throws(RequestError) -> ExportRequest {
        var decoding = RequestDecoding(FieldReader(json), report: nil)
        guard let request = decoding.request(knowsTimeZone: { _ in true }), decoding.faults.isEmpty,
            !request.columns.isEmpty
        else { throw .faults(decoding.faults) }
        return request
    }
}
