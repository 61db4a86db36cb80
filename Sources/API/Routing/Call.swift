import Audit
import Catalog
import Configuration
import HTTP
import JSON
import Jobs

/// A request at its endpoint, with everything that a handler works with.
struct Call {
    let context: Context
    let request: Request
    /// The surface's word in the audit.
    let via: DownloadAttempt.Via
    let path: PathTemplate
    let segments: [String]
    /// The list of keys that came with the body, and the body's JSON.
    var uploaded: (list: Upload, json: JSON)?

    /// The text of a path's parameter.
    subscript(parameter: String) -> String { path.value(of: parameter, in: segments) }

    /// The body's JSON.
    /// - Throws: `BodyError` when it is not JSON, or of another media type.
    func json() throws(BodyError) -> JSON {
        if let uploaded { return uploaded.json }
        return try request.jsonBody()
    }

    var configuration: Configuration { context.configuration }

    /// The connection to the queue; the same for the whole call.
    /// - Throws: `PostgresError` when it is out of reach.
    var queue: Queue { get throws { try context.backends.queue() } }

    /// nginx's id of the request; nil where there is none.
    var requestID: String? { request.requestID.isEmpty ? nil : request.requestID }

    /// An address below the one by which clients reach the service.
    func url(_ path: String) -> String { configuration.publicURL + path }
}
