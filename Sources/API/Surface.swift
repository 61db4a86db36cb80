import HTTP
import JSON

/// The five APIs, and what an error looks like on each.
package enum Surface: Sendable {
    case exports, reports, recent, records, reexports

    /// Whose a path is, also when nothing is served there; the Exports API answers for what is nobody's.
    package init(of segments: [String]) {
        if segments.starts(with: ["b", "api", "v1", "reports"]) {
            self = .reports
        } else if segments.starts(with: ["api", "v1", "report-reexports"]) {
            self = .reexports
        } else if segments.starts(with: ["api", "v1", "exports"]) {
            // The slash at the end tells Records (4) from Recent (3).
            self = segments.last == "" ? .records : .recent
        } else {
            self = .exports
        }
    }

    /// The surface's own error body.
    func body(_ error: APIError) -> JSON {
        switch self {
        case .exports:
            return .object(
                JSONObject([("success", false), ("message", .string(error.code))] + error.details))
        case .reports:
            let words = error.reportsWords
            return ["code": .string(words.code), "message": .string(words.message)]
        case .recent:
            // The export that a refusal is about stands beside it.
            let about = error.details.filter { $0.0 == "export" }
            return .object(JSONObject([("error", Self.coded(error))] + about))
        case .reexports: return ["error": Self.coded(error)]
        case .records: return ["detail": .string(error.recordsDetail)]
        }
    }

    private static func coded(_ error: APIError) -> JSON {
        ["code": .string(error.code), "message": .string(error.message)]
    }
}
