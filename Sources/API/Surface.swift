import HTTP
import JSON

/// The five APIs, and what an error looks like on each (contract section 3).
package enum Surface: Sendable {
    case exports, reports, recent, records, reexports

    /// The surface's own error body.
    func body(_ error: APIError) -> JSON {
        switch self {
        case .exports:
            .object(
                JSONObject([("success", false), ("message", .string(error.code))] + error.details))
        case .reports: ["code": .string(error.code), "message": .string(error.message)]
        case .recent, .reexports: ["error": ["code": .string(error.code), "message": .string(error.message)]]
        case .records: ["detail": .string(error.message)]
        }
    }
}
