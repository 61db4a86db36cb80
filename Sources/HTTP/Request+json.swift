import Coding
import JSON

/// Why a request's body is not the JSON that was asked for.
package enum BodyError: Error, Equatable, Sendable {
    /// 415: no `Content-Type`, or another than `application/json` in UTF-8.
    case unsupportedMediaType
    /// 415: the body is compressed.
    case unsupportedEncoding
    /// 400.
    case malformed(JSONError)

    package var status: Int {
        switch self {
        case .unsupportedMediaType, .unsupportedEncoding: 415
        case .malformed: 400
        }
    }
}

extension Request {
    /// The body as JSON. How large a body may be is checked before it is read, not here.
    package func jsonBody(limits: JSONLimits = .request) throws(BodyError) -> JSON {
        guard let contentType, let type = MediaType(repeated: contentType), type.isJSON else {
            throw .unsupportedMediaType
        }
        let encodings = headers.all("content-encoding")
        guard encodings.allSatisfy({ $0.trimmedOWS.lowercasedASCII == "identity" }) else { throw .unsupportedEncoding }
        do {
            return try JSON.parse(body, limits: limits)
        } catch {
            throw .malformed(error)
        }
    }
}
