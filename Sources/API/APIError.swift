import Catalog
import Generation
import HTTP
import Identity
import JSON
import Jobs
import Postgres
import Storage

/// An error answer, before a surface has given it its form.
///
/// `code`, `message` and `details` reach the client and hold nothing of the server's; `cause` is for the log.
package struct APIError: Error, Sendable {
    package let status: Int
    /// A stable word in snake_case.
    package let code: String
    /// A sentence for people.
    package let message: String
    /// Further members of the body, in order.
    package var details: [(String, JSON)] = []
    package var headers: [(String, String)] = []
    /// For the log only.
    package var cause: String?
    /// Set when the call named an id that the caller is not shown: such a call is in the audit.
    var unknownID: UnknownID?

    struct UnknownID: Sendable {
        /// The tenant's own job of this id, when it is there and another user's.
        var job: Job?
    }

    package init(
        _ status: Int, _ code: String, _ message: String, details: [(String, JSON)] = [],
        headers: [(String, String)] = [], cause: String? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers
        self.cause = cause
    }

    static let notFound = APIError(404, "not_found", "There is no such object")
    static let insufficientPermissions = APIError(403, "insufficient_permissions", "The permission is missing")
    static let crossOrigin = APIError(403, "cross_origin", "A page of another origin may not ask for this")
    static let gone = APIError(410, "gone", "The file has expired")
    /// One body for every reason why a link is not one of ours, so that a client cannot tell the reasons apart.
    static let invalidSignature = APIError(403, "invalid_signature", "The link is not valid")
    /// Only for a link with the right signature: its holder learns no more than that its time is over.
    static let linkExpired = APIError(403, "link_expired", "The link has expired; ask for a new one")

    /// An id that the caller is not shown, whether it is another tenant's, another user's, nobody's, or no id at all.
    /// - Parameters:
    ///   - error: the answer.
    ///   - job: the tenant's own, when it is there and not shown to this caller.
    static func unknownID(_ error: APIError = .notFound, job: Job? = nil) -> APIError {
        var error = error
        error.unknownID = UnknownID(job: job)
        return error
    }

    /// All faults of a request at once.
    static func invalid(_ faults: [RequestFault]) -> APIError {
        let errors = faults.map { JSON.object(["field": .string($0.field), "message": .string($0.message)]) }
        return APIError(
            400, "invalid_request", faults.map { "\($0.field): \($0.message)" }.joined(separator: "; "),
            details: [("errors", .array(errors))])
    }

    static func invalid(_ field: String, _ message: String) -> APIError {
        invalid([RequestFault(field: field, message: message)])
    }

    static func methodNotAllowed(_ allowed: Set<Method>) -> APIError {
        APIError(
            405, "method_not_allowed", "The method is not allowed here", headers: [("Allow", Method.allow(allowed))])
    }

    static func unavailable(_ cause: String) -> APIError {
        APIError(
            503, "service_unavailable", "The service is out of reach for the moment", headers: [("Retry-After", "5")],
            cause: cause)
    }

    /// As many such requests as may be are under way.
    static func busy(_ message: String) -> APIError {
        APIError(503, "busy", message, headers: [("Retry-After", "2")])
    }

    static func queryTimeout(_ cause: String) -> APIError {
        APIError(
            503, "query_timeout", "The database took too long for this; narrow the filters",
            headers: [("Retry-After", "10")], cause: cause)
    }

    /// A limit of the tenant's that a new request would pass.
    /// - Parameters:
    ///   - policy: the limit's name in the RateLimit fields.
    ///   - quota: how many of `unit` there may be.
    ///   - retryAfter: seconds after which it is worth to look again.
    static func quotaExceeded(
        _ policy: String, quota: Int, unit: String? = nil, retryAfter: Int, _ message: String
    ) -> APIError {
        let measure = unit.map { ";qu=\"\($0)\"" } ?? ""
        return APIError(
            429, "quota_exceeded", message,
            headers: [
                ("Retry-After", "\(retryAfter)"), ("RateLimit-Policy", "\"\(policy)\";q=\(quota)\(measure)"),
                ("RateLimit", "\"\(policy)\";r=0;t=\(retryAfter)"),
            ])
    }

    /// Too much in too short a time, with the fields that say how much.
    static func rateLimited(
        _ message: String = "Too many requests", retryAfter: Int, _ fields: [(String, String)]
    ) -> APIError {
        APIError(429, "rate_limited", message, headers: [("Retry-After", "\(retryAfter)")] + fields)
    }

    static func internalError(_ cause: String) -> APIError {
        APIError(500, "internal_error", "Something went wrong on the server", cause: cause)
    }

    /// Translates the errors that a handler can throw; the one place where errors become statuses.
    package init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as PostgresError where error.isTimeout: self = .queryTimeout(error.debugDescription)
        case let error as PostgresError:
            self =
                error.isTransient
                ? .unavailable(error.debugDescription) : .internalError(error.debugDescription)
        // The row is another version's, which a later program can read.
        case let error as JobsError: self = .unavailable(String(reflecting: error))
        case let error as IdentityError: self.init(error)
        case let error as QueryError: self = .invalid(error.parameter ?? "query", error.description)
        case let error as BodyError: self.init(error)
        case let error as RequestError: self.init(error)
        case let error as ExportFailure: self.init(error)
        case let error as MultipartError: self = .invalid("body", error.description)
        case let error as StorageError: self.init(error)
        default: self = .internalError(String(reflecting: error))
        }
    }

    private init(_ error: IdentityError) {
        switch error {
        case .missing, .invalid:
            self.init(
                401, "unauthorized", "Authentication is missing or wrong",
                headers: [("WWW-Authenticate", error.challenge())], cause: error.reason)
        case .ambiguous:
            self.init(400, "ambiguous_credentials", "Only one kind of authentication may be given")
        case .tooManyFailures(let seconds):
            self = .rateLimited(
                "Too many wrong passwords", retryAfter: seconds, [])
        case .busy: self = .busy("As many passwords as may be compared at once are being compared")
        case .failClosed, .storeFailed: self = .internalError(error.reason)
        }
    }

    private init(_ error: BodyError) {
        switch error {
        case .unsupportedMediaType, .unsupportedEncoding:
            self.init(
                415, "unsupported_media_type",
                "The body must be application/json in UTF-8, or multipart/form-data where a filter file may come along")
        case .malformed(let error): self = .invalid("body", error.description)
        }
    }

    private init(_ error: RequestError) {
        switch error {
        case .unknownCatalog(let module, let catalog):
            self.init(
                404, "catalog_not_found", "There is no such catalog",
                details: [("module", .string(module)), ("catalog", .string(catalog))])
        case .faults(let faults): self = .invalid(faults)
        case .uncompilable(let error): self = .invalid("tenant_id", error.description)
        }
    }

    /// A filter file that could not be kept.
    private init(_ error: StorageError) {
        switch error.code {
        case .full:
            self.init(
                503, "storage_full", "There is no room for the filter file", headers: [("Retry-After", "60")],
                cause: error.debugDescription)
        case .away:
            self = .storageUnavailable
            cause = error.debugDescription
        default: self = .internalError(error.debugDescription)
        }
    }

    /// A preview that failed; an export's failures never come this way. It has the word that the export would fail of.
    private init(_ failure: ExportFailure) {
        let cause = failure.debugDescription
        switch failure.code {
        case "timed_out":
            self.init(
                503, "preview_timeout", "The preview took too long; narrow the filters",
                headers: [("Retry-After", "10")], cause: cause)
        case "unknown_timezone":
            self = .invalid("timezone", failure.summary)
            self.cause = cause
        case "internal_error": self = .internalError(cause)
        default:
            let passes = failure.recovery != .none
            self.init(
                passes ? 503 : 409, failure.code, failure.summary, details: [("detail", .string(failure.summary))],
                headers: passes ? [("Retry-After", "5")] : [], cause: cause)
        }
    }
}
