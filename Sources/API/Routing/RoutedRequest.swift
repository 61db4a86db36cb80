import HTTP
import Identity
import Jobs
import Postgres

/// A request that has been routed, until it is answered.
///
///     Router.begin ─▶ intake ─┬ whole ──▶ the body is read ──────────────▶ answer
///                             ├ pieces ─▶ each goes to the list of keys ─▶ finish, or failed
///                             └ refused: answered before a byte of the body is read
package final class RoutedRequest {
    enum Target {
        case endpoint(Endpoint)
        case options(Set<Method>)
        case refusal(APIError)
    }

    package enum Answer {
        case response(Response)
        /// The connection goes to the process that holds the event streams.
        case stream(EventSubscription)

        package var status: Int {
            if case .response(let response) = self { response.status } else { 200 }
        }
    }

    let context: Context
    private let admission: Admission
    private let log: RequestLog
    let request: Request
    private let segments: [String]
    let surface: Surface
    let target: Target
    /// The endpoint's id; nil for a path that leads to none.
    package var operation: String? {
        if case .endpoint(let endpoint) = target { endpoint.operation } else { nil }
    }
    /// The caller's count of requests; nil before the caller is known.
    private var quota: RequestLimits.Quota?

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

    /// Answers a request whose body is here.
    func answer(_ body: [UInt8]) -> Answer {
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

    func call(_ endpoint: Endpoint, _ request: Request) -> Call {
        Call(
            context: context, request: request, via: surface.via, path: endpoint.path, segments: segments)
    }

    private func perform(_ endpoint: Endpoint, _ call: Call) throws -> Answer {
        switch endpoint.handler {
        case .open(let answer): return .response(try answer(call))
        case .known(let access, let query, let answer):
            return .response(try withCaller(access, query) { try answer(call, $0) })
        case .download(let access, let query, let answer):
            var download = Download(
                queue: try call.queue, request: call.request, via: call.via, limits: context.limits)
            let caller: Caller
            do {
                caller = try self.caller(access, query) { download.subject = $0.subject }
                download.tenant = caller.tenant
            } catch {
                try download.refuse(asAPIError: error)
            }
            return .response(try answer(call, caller, download))
        case .stream(let access, let query, let subscribe):
            return try withCaller(access, query) { caller in
                var subscription = try subscribe(call, caller)
                if request.method == .head { return .response(EventSubscription.head(subscription)) }
                try admission.open(&subscription, for: caller.identity, request)
                return .stream(subscription)
            }
        }
    }

    /// Runs `body` for the caller. A call that names an id which the caller is not shown is in the audit before it is
    /// answered, whatever names it: the path, the query, the body or `tenant_id`.
    /// - Throws: the errors of the checks and of `body`; `PostgresError` when the audit is out of reach.
    func withCaller<Value>(_ access: Access, _ query: QueryNames, _ body: (Caller) throws -> Value) throws -> Value {
        var (subject, tenant): (String?, String?)
        do {
            let caller = try caller(access, query) { identity in
                subject = identity.subject
                tenant = try? identity.tenant(named: nil)
            }
            tenant = caller.tenant
            return try body(caller)
        } catch let error as APIError {
            guard let unknown = error.unknownID else { throw error }
            let attempt = Download(
                queue: try context.backends.queue(), request: request, via: surface.via, limits: context.limits,
                subject: subject, tenant: tenant)
            try attempt.recordUnknownID(error.status, job: unknown.job)
            throw error
        }
    }

    /// The checks that come before any look at the object, in their order: 401, 429, 403, the query's form, the tenant.
    /// - Parameter noting: takes the caller's identity before the other checks.
    func caller(
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
    /// - Throws: the errors of `body`.
    func retryingLostConnections<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as PostgresError
            where error.isTransient && !error.isTimeout && error.code != .connectionFailed
        {
            context.backends.reset()
            return try body()
        }
    }

    func refusal(_ error: any Error) -> Response {
        let error = APIError(error)
        // A report that cannot be made is the operator's to mend, and only the cause says how.
        if error.status >= 500 || (error.cause != nil && error.status != 401) { log.write(.failed(error), request) }
        return surface.errors.response(error, to: request)
    }

    /// Every answer to a known caller tells how many requests are left.
    func withQuota(_ response: Response) -> Response {
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
