import JSON

/// The body of create and preview, checked.
extension ExportRequest {
    package enum Decoded: Equatable, Sendable {
        case request(ExportRequest, Report)
        case unknownCatalog(module: String, catalog: String)
        /// All of them, never empty.
        case faults([RequestFault])
    }

    /// Finds the report the body names and compares the rest with it.
    /// - Parameter knowsTimeZone: whether a zone of this name, which has the form of one, exists.
    package static func decode(
        _ body: JSON, in catalogs: CatalogSet, knowsTimeZone: (String) -> Bool
    ) -> Decoded {
        guard let object = body.object else {
            return .faults([RequestFault(field: "body", message: "the body must be a JSON object")])
        }
        var report: Report?
        if let module = object["module"]?.string, let catalog = object["catalog"]?.string {
            report = catalogs.report(module: module, key: catalog)
            if report == nil { return .unknownCatalog(module: module, catalog: catalog) }
        }
        return withoutActuallyEscaping(knowsTimeZone) { knowsTimeZone in
            var decoding = RequestDecoding(object, report: report, knowsTimeZone: knowsTimeZone)
            let request = decoding.request()
            guard let request, let report, decoding.faults.isEmpty else { return .faults(decoding.faults) }
            return .request(request, report)
        }
    }

    /// As `decode(_:in:knowsTimeZone:)`, for a body whose report is known: a stored request on its way to run.
    package static func decode(
        _ body: JSON, for report: Report, knowsTimeZone: (String) -> Bool = { _ in true }
    ) -> Result<ExportRequest, RequestFaults> {
        switch decode(body, in: CatalogSet([report]), knowsTimeZone: knowsTimeZone) {
        case .request(let request, _): .success(request)
        case .faults(let faults): .failure(RequestFaults(faults: faults))
        case .unknownCatalog:
            .failure(RequestFaults(faults: [RequestFault(field: "catalog", message: "another catalog's request")]))
        }
    }
}

extension ExportRequest {
    /// A stored request whose report may have changed or gone; for rendering, not for compiling. What needs the report to be
    /// understood is left out: `relationFields`.
    package static func stored(_ json: JSON) -> Result<ExportRequest, RequestFaults> {
        guard let object = json.object else {
            return .failure(RequestFaults(faults: [RequestFault(field: "request", message: "not an object")]))
        }
        return withoutActuallyEscaping({ (_: String) in true }) { any in
            var decoding = RequestDecoding(object, report: nil, knowsTimeZone: any)
            guard let request = decoding.request(), decoding.faults.isEmpty, !request.columns.isEmpty else {
                return .failure(RequestFaults(faults: decoding.faults))
            }
            return .success(request)
        }
    }
}

/// Everything wrong with a body.
package struct RequestFaults: Error, Equatable, Sendable {
    package let faults: [RequestFault]
}
