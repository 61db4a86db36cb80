import JSON

/// How a request wants its file written.
extension RequestDecoding {
    mutating func timezone() -> String {
        guard let name = body.string("timezone") else { return "UTC" }
        if let fault = TimeZoneName.fault(name, isKnown: knowsTimeZone) { body.fault("timezone", that: fault) }
        return name
    }

    mutating func locale() -> String? {
        guard let tag = body.string("locale") else { return nil }
        if let canonical = LocaleConvention.canonicalTag(tag) { return canonical }
        body.fault("locale", "unknown locale: \(RequestFault.shown(tag))")
        return nil
    }

    mutating func csv(format: ExportFormat?) -> CSVRequest {
        guard var reader = body.reader("csv") else { return CSVRequest() }
        var csv = CSVRequest()
        if let delimiter = reader.string("delimiter") {
            csv.delimiter = delimiter
            if !CSVRequest.delimiters.contains(delimiter) {
                reader.fault("delimiter", that: "must be a comma, a semicolon, a tab or a vertical bar")
            }
        }
        csv.bom = reader.flag("bom", default: csv.bom)
        csv.header = reader.choice("header", of: CSVRequest.Header.allCases, default: .label) ?? .label
        csv.formulaGuard = reader.flag("formulaGuard", default: csv.formulaGuard)
        body.absorb(reader)
        if let format, format != .csv { body.fault("csv", that: "belongs to format csv") }
        return csv
    }

    mutating func compression(format: ExportFormat?) -> ExportRequest.Compression {
        let all = ExportRequest.Compression.allCases
        let compression = body.choice("compression", of: all, default: ExportRequest.Compression.none)
        if compression == .gzip, let format, format != .csv {
            body.fault("compression", that: "gzip belongs to format csv")
        }
        return compression ?? .none
    }

    mutating func filterFile() -> String? {
        guard let name = body.string("filterFile") else { return nil }
        let isDigest = name.utf8.count == 64 && name.utf8.allSatisfy("0123456789abcdef".utf8.contains)
        if !isDigest { body.fault("filterFile", that: "must be the SHA-256 of an uploaded filter file") }
        if let report, report.filterKey == nil {
            body.fault("filterFile", "the catalog \(report.key) has no filter key")
        }
        return name
    }
}
