import HTTP
import Identity
import JSON

extension Surface {
    static let records = Surface(
        "records", prefix: "/api/v1/exports", endsInSlash: true, errors: .records,
        fragments: [PackageResources.records_yaml],
        [
            Endpoint(
                "listExportRecords", .get, "/",
                .known(
                    .permission(.viewReports),
                    query: QueryNames(
                        ["status", "format_type", "limit", "offset"], prefix: CreatedDateFilter.name),
                    ListRecords.answer)),
            Endpoint("getExportRecord", .get, "/{id}/", needs: .viewReports, GetRecord.answer),
            Endpoint(
                "cancelExportRecord", .post, "/{id}/set_cancel/", .known(.superusers, query: [], CancelRecord.answer)),
        ])
}

extension ErrorForm {
    /// `{"detail":…}` with the sentences of Django REST framework, where it has one.
    static let records = ErrorForm { error in
        let sentence =
            switch error.status {
            case 401: "Authentication credentials were not provided or are wrong."
            case 403: "You do not have permission to perform this action."
            case 404: "Not found."
            case 405: "Method not allowed."
            case 415: "Unsupported media type in request."
            case 429 where error.code == "rate_limited": "Request was throttled."
            default: error.message
            }
        return ["detail": .string(sentence)]
    }
}
