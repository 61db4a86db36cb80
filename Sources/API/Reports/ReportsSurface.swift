import HTTP
import Identity
import JSON

extension Surface {
    static let reports = Surface(
        "reports", prefix: "/b/api/v1/reports", errors: .reports,
        fragments: [PackageResources.reports_yaml],
        [
            Endpoint("listReports", .get, "", list),
            Endpoint("listReportsUnderSlash", .get, "/", list),
            Endpoint("listReportFiles", .get, "/files/", list),
            Endpoint(
                "downloadReport", .get, "/files/{token}/download/", secretBelow: "/",
                .download(.finishedReports, query: [], DownloadReport.answer)),
        ])

    private static let list = Handler.known(
        .finishedReports, query: QueryNames(ReportQuery.parameters), ListReports.answer)
}

extension Access {
    /// A key of the tenant's needs no permission, a user with a password needs the report permission.
    /// Tokens and the gateway, which this API's document does not know, need that or the right to view.
    static let finishedReports = Access { identity in
        switch identity.kind {
        case .apiKey: true
        case .basic: identity.has(.canViewReport)
        case .bearer, .gateway: identity.has(.canViewReport) || identity.has(.viewReports)
        }
    }
}

extension ErrorForm {
    /// `{"code":…,"message":…}`, here and in RFC 9457's form in the words of this API's table of errors. A bad filter
    /// that is not the table's own case says in which field it is.
    static let reports = ErrorForm(
        body: { error in
            let (code, message) = words(error)
            return ["code": .string(code), "message": .string(message)]
        }, problem: words)

    private static let words: @Sendable (APIError) -> (code: String, title: String) = { error in
        switch (error.status, error.code) {
        case (400, "invalid_request"): ("invalid_parameters", "Bad filters: \(error.message)")
        case (401, _): (error.code, "Invalid/missing auth")
        case (403, "insufficient_permissions"): ("forbidden", "No permission assigned")
        case (404, _): (error.code, "Report not found")
        case (429, "rate_limited"): (error.code, "Too many requests")
        default: (error.code, error.message)
        }
    }
}
