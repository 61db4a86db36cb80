import HTTP

/// GET /report/openapi.json, with the same bytes for everybody; no credential is needed.
enum DescribeAPI {
    static func answer(_ call: Call) throws -> Response {
        try call.context.description.get().withHeader("Cache-Control", "max-age=300")
    }
}
