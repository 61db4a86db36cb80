import JSON

/// How a request wants its file written.
extension RequestDecoding {
    mutating func timezone(_ isKnown: (String) throws -> Bool) rethrows -> String {
        guard let name = body.string("timezone") else { return "UTC" }
        if let fault = try TimeZoneName.fault(name, isKnown: isKnown) { body.fault("timezone", that: fault) }
        return name
    }

    mutating func locale() -> String? {
        guard let tag = body.string("locale") else { return nil }
        if let canonical = LocaleConvention.canonicalTag(tag) { return canonical }
        body.fault("locale", "unknown locale: \(RequestFault.shown(tag))")
        return nil
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
