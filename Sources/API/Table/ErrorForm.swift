import HTTP
import JSON

/// The form of errors on a surface.
struct ErrorForm: Sendable {
    /// The surface's own body.
    let body: @Sendable (APIError) -> JSON
    /// The code and title of an RFC 9457 body.
    var problem: @Sendable (APIError) -> (code: String, title: String) = { ($0.code, $0.message) }

    /// `{"error":{"code":…,"message":…}}`, and of the error's details those named.
    static func coded(with details: Set<String> = []) -> ErrorForm {
        ErrorForm { error in
            let coded: JSON = ["code": .string(error.code), "message": .string(error.message)]
            return .object(JSON.Object([("error", coded)] + error.details.filter { details.contains($0.0) }))
        }
    }

    /// The answer in the surface's form, or in RFC 9457's where the client asks for it.
    func response(_ error: APIError, to request: Request) -> Response {
        var error = error
        // So that a client's report of a server error can be found in the log.
        if error.status >= 500, !request.requestID.isEmpty {
            error.details.append(("requestId", .string(request.requestID)))
        }
        var response: Response
        switch AcceptHeader(request.headers.all("accept")).errorForm {
        case .surface: response = .json(body(error), status: error.status)
        case .problem:
            let (code, title) = problem(error)
            let members: [(String, JSON)] = [
                ("type", "about:blank"), ("title", .string(title)), ("status", .int(error.status)),
                ("code", .string(code)),
            ]
            response = .problem(.object(JSON.Object(members + error.details)), status: error.status)
        }
        for (name, value) in error.headers { response.setHeader(name, value) }
        response.setHeader("Cache-Control", "no-store")
        return response
    }
}
