import HTTP
import Postgres

/// How a routed request's body is read.
extension RoutedRequest {
    /// How the body is to be read.
    private enum Intake {
        case whole
        /// Piece by piece, when a list of keys comes along.
        case pieces(Upload, Caller)
        /// The body is of no interest.
        case refused(Response)
    }

    /// Reads the body and answers the request; never throws.
    /// - Returns: nil when the peer went away before its body was here.
    package func answer(_ body: some RequestBody) -> Answer? {
        switch intake() {
        case .refused(let response):
            body.discard()
            return .response(response)
        case .whole:
            let end = body.read(limit: BodyLimits.json)
            switch end {
            case .cut: return nil
            case .tooLarge, .unknownLength: return .response(refuseLength(body, end))
            case .bytes(let bytes): return answer(bytes)
            }
        case .pieces(let upload, let caller):
            do {
                let end = try body.read(limit: BodyLimits.withFilterFile(context.configuration)) { bytes in
                    try context.storageGate.pass(for: StorageGate.writeMilliseconds) { try upload.take(bytes) }
                }
                switch end {
                case .cut: return nil
                case .tooLarge, .unknownLength: return .response(refuseLength(body, end))
                case .bytes: return .response(withQuota(try finish(upload, caller)))
                }
            } catch {
                // When the database has not answered there may be a job; if there is none, the sweep removes the list.
                if !(error is PostgresError) { try? context.storageGate.pass { upload.withdraw() } }
                return .response(withQuota(refusal(error)))
            }
        }
    }

    /// How the body is to be read. When a file comes along, the caller is checked before a byte of the body is read.
    private func intake() -> Intake {
        guard case .endpoint(let endpoint) = target, endpoint.body == .jsonOrFilterFile,
            case .known(let access, let query, _) = endpoint.handler,
            let type = request.contentType.flatMap({ MediaType($0) }), type.type == "multipart",
            let reader = MultipartReader(type)
        else { return .whole }
        do {
            return try retryingLostConnections {
                let caller = try withCaller(access, query) { $0 }
                let upload = try context.storageGate.pass(for: StorageGate.writeMilliseconds) {
                    try Upload(reader, storage: context.storage)
                }
                return .pieces(upload, caller)
            }
        } catch {
            return .refused(withQuota(refusal(error)))
        }
    }

    private func refuseLength(_ body: some RequestBody, _ end: RequestBodyEnd) -> Response {
        body.discard()
        if case .unknownLength = end {
            return surface.errors.response(
                APIError(411, "length_required", "The body needs a Content-Length"), to: request)
        }
        return surface.errors.response(
            APIError(413, "payload_too_large", "The body is larger than it may be here"), to: request)
    }

    /// The answer, when all pieces of the body have been taken in.
    /// - Throws: the handler's errors.
    private func finish(_ upload: Upload, _ caller: Caller) throws -> Response {
        guard case .endpoint(let endpoint) = target, case .known(_, _, let handler) = endpoint.handler else {
            throw APIError.internalError("an upload to no endpoint")
        }
        var call = call(endpoint, request)
        call.uploaded = (upload, try upload.body())
        return try retryingLostConnections { try handler(call, caller) }
    }
}
