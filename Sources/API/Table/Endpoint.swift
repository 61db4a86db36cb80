import HTTP
import Identity

/// One row of the table: a method on a path, and its handler.
///
/// Routing, the OpenAPI document's paths, the locations for nginx and the lists that tests walk all come from these
/// rows.
package struct Endpoint: Sendable {
    package enum Body: Sendable {
        case none
        case json
        /// JSON, or multipart/form-data with a list of keys beside it.
        case jsonOrFilterFile
    }

    /// Its `operationId`, under which a fragment of the OpenAPI document describes it with the schemas of its answers.
    package let operation: String
    package let method: Method
    package private(set) var path: PathTemplate
    package let body: Body
    /// The paths that stand in no log of the web server's, because this one has a secret in it: all below this one.
    package private(set) var secretBelow: String?
    let handler: Handler

    /// - Parameters:
    ///   - path: without the surface's prefix.
    ///   - secretBelow: likewise.
    init(
        _ operation: String, _ method: Method, _ path: String, body: Body = .none, secretBelow: String? = nil,
        _ handler: Handler
    ) {
        self.operation = operation
        self.method = method
        self.path = PathTemplate(path)
        self.body = body
        self.secretBelow = secretBelow
        self.handler = handler
    }

    /// Of callers with a permission.
    init(
        _ operation: String, _ method: Method, _ path: String, needs permission: Permission,
        query: QueryNames = [], body: Body = .none, _ answer: @escaping @Sendable (Call, Caller) throws -> Response
    ) {
        self.init(operation, method, path, body: body, .known(.permission(permission), query: query, answer))
    }

    func under(_ prefix: String) -> Endpoint {
        var endpoint = self
        endpoint.path = PathTemplate(prefix + path.description)
        endpoint.secretBelow = secretBelow.map { prefix + $0 }
        return endpoint
    }

    package var isStream: Bool {
        if case .stream = handler { true } else { false }
    }
}
