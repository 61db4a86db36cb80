import JSON

/// Requests as they are stored.
extension RequestDecoding {
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
