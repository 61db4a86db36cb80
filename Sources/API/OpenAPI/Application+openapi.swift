import Configuration
import HTTP
import JSON

/// GET /report/openapi.json
extension Application {
    /// Made at the first request for it and kept: the same bytes for everybody, and no credential is needed.
    func describeAPI() throws -> Response {
        let document: Response
        if let description {
            document = description
        } else {
            document = .json(try OpenAPIDocument.make(publicURL: configuration.publicURL))
                .withHeader("Cache-Control", "max-age=300")
            description = document
        }
        return document
    }
}
