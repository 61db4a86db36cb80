import API
import HTTP
import Identity
import JSON

extension RequestLog {
    /// Into the service's log.
    static var service: RequestLog { RequestLog(write) }

    private static func write(_ note: RequestLog.Note, of request: Request) {
        switch note {
        case .failed(let error):
            Log.write(
                error.status >= 500 && error.status != 503 ? .error : .warning, "request failed",
                [
                    ("request_id", .string(request.requestID)), ("status", .int(error.status)),
                    ("code", .string(error.code)), ("cause", .string(error.cause ?? "")),
                    ("path", .string(request.path)),
                ])
        case .refused(let refusal, let untold):
            var fields: [(String, JSON)] = [
                ("request_id", .string(request.requestID)), ("reason", .string(refusal.reason)),
            ]
            if let kid = refusal.kid { fields.append(("kid", .string(kid))) }
            if let detail = refusal.detail { fields.append(("detail", .string(detail))) }
            fields.append(("from", .string(request.remoteAddress)))
            if untold > 0 { fields.append(("more_untold", .int(untold))) }
            Log.write(.warning, "credential refused", fields)
        }
    }
}
