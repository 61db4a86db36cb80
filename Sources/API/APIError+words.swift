/// What surfaces 2 and 4 call the errors that the others show as they are.
extension APIError {
    /// The code and message of the Reports API's table of errors. A bad filter that is not the table's own case says
    /// what is wrong.
    var reportsWords: (code: String, message: String) {
        switch (status, code) {
        case (400, "invalid_request"): ("invalid_parameters", "Bad filters: \(message)")
        case (401, _): (code, "Invalid/missing auth")
        case (403, "insufficient_permissions"): ("forbidden", "No permission assigned")
        case (404, _): (code, "Report not found")
        case (429, "rate_limited"): (code, "Too many requests")
        default: (code, message)
        }
    }

    /// The sentences of Django REST framework, where it has one.
    var recordsDetail: String {
        switch status {
        case 401: "Authentication credentials were not provided or are wrong."
        case 403: "You do not have permission to perform this action."
        case 404: "Not found."
        case 405: "Method not allowed."
        case 415: "Unsupported media type in request."
        case 429 where code == "rate_limited": "Request was throttled."
        default: message
        }
    }
}
