import API
import Configuration
import HTTP
import Identity
import JSON

extension RequestLog {
    /// Into the service's log.
    static var service: RequestLog { RequestLog(write) }

    /// A request that has been answered; a slow one is a warning. The address is not told: it may hold a secret.
    /// - Parameter operation: nil for a path that leads to no endpoint.
    static func tell(_ request: Request, _ operation: String?, _ status: Int, milliseconds: Int64, isSlow: Bool) {
        let level: Log.Level = isSlow ? .warning : .debug
        guard level >= Log.least else { return }
        Log.write(
            level, isSlow ? "slow request" : "request",
            [
                ("request_id", .string(request.requestID)), ("operation", .string(operation ?? "none")),
                ("status", .int(status)), ("ms", .int(milliseconds)),
            ] + Log.trace(request.trace?.text))
    }

    private static func write(_ note: RequestLog.Note, of request: Request) {
        switch note {
        case .failed(let error):
            Log.write(
                error.status >= 500 && error.status != 503 ? .error : .warning, "request failed",
                [
                    ("request_id", .string(request.requestID)), ("status", .int(error.status)),
                    ("code", .string(error.code)), ("cause", .string(error.cause ?? "")),
                    ("path", .string(request.path)),
                ] + Log.trace(request.trace?.text))
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
