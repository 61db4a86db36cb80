import HTTP
import Identity
import Jobs
import Postgres

/// A request that has been routed, until it is answered.
///
///     Router.begin ─▶ intake ─┬ whole ──▶ the body is read ──────────────▶ answer(body)
///                             ├ pieces ─▶ each goes to the list of keys ─▶ finish, or failed
///                             └ refused: answered before a byte of the body is read
package final class RoutedRequest {
    enum Target {
        case endpoint(Endpoint)
        case options(Set<Method>)
        case refusal(APIError)
    }

    /// How the body is to be read.
    package enum Intake {
        /// As a whole, to `answer`.
        case whole
        /// Piece by piece.
        case pieces(Upload)
        /// The body is of no interest.
        case refused(Response)
    }

    package enum Answer {
        case response(Response)
        /// The connection goes to the process that holds the event streams.
        case stream(EventSubscription)
    }

    private let context: Context
    private let admission: Admission
    private let log: RequestLog
    private let request: Request
    private let segments: [String]
    private let surface: Surface
    private let target: Target
    /// Bytes of the largest body that is read.
    package private(set) var bodyLimit = BodyLimits.json
    /// Where the caller stands, once it is known who calls.
    private var quota: RequestLimits.Quota?
    /// Who brings a list of keys.
    private var uploader: Caller?

    init(
        _ request: Request, segments: [String], to target: Target, of surface: Surface, context: Context,
        admission: Admission, log: RequestLog
    ) {
        self.request = request
        self.segments = segments
        self.target = target
        self.surface = surface
        self.context = context
        self.admission = admission
        self.log = log
    }

    /// Whether the request brings a file, and whether it may: who calls is asked before a byte of the body is read.
    package func intake() -> Intake {
        guard case .endpoint(let endpoint) = target, endpoint.body == .jsonOrFilterFile,
            case .known(let access, let query, _) = endpoint.handler,
            let type = request.contentType.flatMap({ MediaType($0) }), type.type == "multipart",
            let reader = MultipartReader(type)
        else { return .whole }
        bodyLimit = BodyLimits.withFilterFile(context.configuration)
        do {
            return .pieces(
                try retryingLostConnections {
                    uploader = try caller(access, query)
                    return try Upload(reader, storage: context.storage)
                })
        } catch {
            return .refused(withQuota(refusal(error)))
        }
    }

    /// Never throws.
    package func answer(_ body: [UInt8]) -> Answer {
        switch target {
        case .options(let methods): return .response(Response(status: 204, headers: [("Allow", Method.allow(methods))]))
        case .refusal(let error): return .response(surface.errors.response(error, to: request))
        case .endpoint(let endpoint):
            var request = request
            request.body = body
            let call = call(endpoint, request)
            do {
                switch try retryingLostConnections({ try perform(endpoint, call) }) {
                case .response(let response): return .response(withQuota(response))
                case .stream(let subscription): return .stream(subscription)
                }
            } catch {
                return .response(withQuota(refusal(error)))
            }
        }
    }

    /// The answer, when all pieces of the body have been taken in.
    package func finish(_ upload: Upload) -> Response {
        do {
            guard case .endpoint(let endpoint) = target, case .known(_, _, let handler) = endpoint.handler,
                let uploader
            else { throw APIError.internalError("an upload to no endpoint") }
            var call = call(endpoint, request)
            call.uploaded = (upload, try upload.body())
            return withQuota(try retryingLostConnections { try handler(call, uploader) })
        } catch {
            return failed(upload, error)
        }
    }

    /// The answer, when taking the body in has failed.
    package func failed(_ upload: Upload, _ error: any Error) -> Response {
        // Where the database has not said how it ended there may be a job; if there is none, the sweep takes the list.
        if !(error is PostgresError) { upload.withdraw() }
        return withQuota(refusal(error))
    }

    /// A body over the limit, told before it was read.
    package func answerToLargeBody() -> Response {
        surface.errors.response(
            APIError(413, "payload_too_large", "The body is larger than it may be here"), to: request)
    }

    // MARK: - Steps

    private func call(_ endpoint: Endpoint, _ request: Request) -> Call {
        Call(
            context: context, request: request, via: surface.via, path: endpoint.path, segments: segments)
    }

    private func perform(_ endpoint: Endpoint, _ call: Call) throws -> Answer {
        switch endpoint.handler {
        case .open(let answer): return .response(try answer(call))
        case .known(let access, let query, let answer): return .response(try answer(call, try caller(access, query)))
        case .download(let access, let query, let answer):
            var download = Download(queue: try call.queue, request: call.request, via: call.via)
            let caller: Caller
            do {
                caller = try self.caller(access, query) { download.subject = $0.subject }
                download.tenant = caller.tenant
            } catch {
                try download.refuse(asAPIError: error)
            }
            return .response(try answer(call, caller, download))
        case .stream(let access, let query, let subscribe):
            let subscription = try subscribe(call, try caller(access, query))
            return request.method == .head ? .response(EventSubscription.head(subscription)) : .stream(subscription)
        }
    }

    /// The checks that come before any look at the object, in their order: 401, 429, 403, the query's form, the tenant.
    /// - Parameter noting: is told who calls before anything else is asked.
    private func caller(
        _ access: Access, _ query: QueryNames, noting: (Identity) -> Void = { _ in }
    ) throws -> Caller {
        let identity = try admission.authenticate(request)
        noting(identity)
        try admission.count(identity, &quota)
        guard access.allows(identity) else { throw APIError.insufficientPermissions }
        return try Caller(identity, request, accepts: query)
    }

    /// Runs a handler; once more on new connections when the database had gone away under an old one. That is safe for
    /// each of them: they read, or are guarded by the job's state or by the request's id.
    private func retryingLostConnections<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as PostgresError where error.isTransient && error.code != .connectionFailed {
            context.backends.reset()
            return try body()
        }
    }

    private func refusal(_ error: any Error) -> Response {
        let error = APIError(error)
        // A report that cannot be made is the operator's to mend, and only the cause says how.
        if error.status >= 500 || (error.cause != nil && error.status != 401) { log.write(.failed(error), request) }
        return surface.errors.response(error, to: request)
    }

    /// Every answer to a caller who is known says how many more there may be.
    private func withQuota(_ response: Response) -> Response {
        guard let quota else { return response }
        var response = response
        for (name, value) in quota.fields {
            let others = response.header(name)
            if let others, others.contains("\"requests\"") { continue }
            response.setHeader(name, others.map { "\(value), \($0)" } ?? value)
        }
        return response
    }
}
