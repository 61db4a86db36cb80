import Catalog
import Configuration
import Generation
import HTTP
import Identity
import JSON
import Jobs
import Posix
import Postgres
import Storage

/// The whole HTTP side as one function from a request to an answer. Knows nothing of FastCGI.
package final class Application {
    let configuration: Configuration
    let catalogs: CatalogSet
    let signer: LinkSigner
    let sealer: TokenSealer
    let storage: StorageFolder
    let backends: Backends
    let waitingRoom: WaitingRoom
    /// The OpenAPI document, once somebody has asked for it.
    var description: Response?
    /// Answers to `GET /report/exports/:id`.
    var watchedJobs = VersionMemory<Response>()
    private let authenticator: Authenticator
    /// Nil where nginx tells nobody what it has sent.
    let workers: NginxWorkers?
    private let limits: RequestLimits
    /// Where the caller of the request under way stands, once it is known who calls.
    var quota: RequestLimits.Quota?
    /// What is for the log and for no client.
    package enum Note {
        /// A fault of the server's own; the client gets only the request's id.
        case failed(APIError)
        /// A credential that proves nothing; of the same reason, so many more were not told.
        case refused(CredentialRefusal, untold: Int)
    }

    private let log: (_ note: Note, _ request: Request) -> Void
    private var refusals = RefusalLog()

    package init(
        _ configuration: Configuration, catalogs: CatalogSet, keys: KeyRing, jwks: JWKS?,
        waitingRoom: WaitingRoom, limits: RequestLimits, workers: NginxWorkers?,
        log: @escaping (_ note: Note, _ request: Request) -> Void
    ) throws {
        self.configuration = configuration
        self.catalogs = catalogs
        self.waitingRoom = waitingRoom
        self.limits = limits
        self.workers = workers
        self.log = log
        signer = LinkSigner(keys)
        sealer = TokenSealer(keys)
        storage = try StorageFolder(root: configuration.storage)
        backends = Backends(configuration)
        authenticator = Authenticator(
            store: StoredIdentities(backends: backends),
            tokens: jwks.map {
                TokenVerifier(keys: $0, issuer: configuration.jwtIssuer, audience: configuration.jwtAudience)
            }, trustsGateway: configuration.trustsGateway, logins: limits)
    }

    /// What a request comes to.
    package enum Answer {
        case response(Response)
        /// The connection goes to the process that holds the event streams.
        case stream(EventSubscription)
    }

    /// Answers any request; never throws.
    package func answer(_ request: Request) -> Answer {
        quota = nil
        guard Route(request.segments) == .events, request.method == .get else {
            return .response(withQuota(respond(to: request)))
        }
        do {
            return .stream(try retryingLostConnections { try subscribe(request) })
        } catch {
            return .response(withQuota(refusal(error, on: .exports, to: request)))
        }
    }

    /// Every answer to a caller who is known says how many more there may be.
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

    private func respond(to request: Request) -> Response {
        guard let route = Route(request.segments) else {
            return APIError.notFound.response(on: Surface(of: request.segments), to: request)
        }
        if request.method == .options {
            return Response(status: 204, headers: [("Allow", Method.allow(route.methods))])
        }
        let method = request.method == .head ? .get : request.method
        guard route.methods.contains(method) else {
            return APIError.methodNotAllowed(route.methods).response(on: route.surface, to: request)
        }
        do {
            return try retryingLostConnections { try handle(route, method, request) }
        } catch {
            return refusal(error, on: route.surface, to: request)
        }
    }

    /// Called between two requests: gives back what an idle process need not hold.
    /// - Returns: the milliseconds after which it is to be called again; nil when nothing is held.
    package func rest() -> Int64? { backends.closeIdle() }

    func refusal(_ error: any Error, on surface: Surface, to request: Request) -> Response {
        let error = APIError(error)
        // A report that cannot be made is the operator's to mend, and only the cause says how.
        if error.status >= 500 || (error.cause != nil && error.status != 401) { log(.failed(error), request) }
        return error.response(on: surface, to: request)
    }

    /// The answer to a method that HTTP knows and this service does not, or that nobody knows.
    package func respondToUnknownMethod(_ request: Request) -> Response {
        let route = Route(request.segments)
        return APIError.methodNotAllowed(route?.methods ?? [.get])
            .response(on: Surface(of: request.segments), to: request)
    }

    /// A body over the limit, told before it was read.
    package func respondToLargeBody(_ request: Request) -> Response {
        APIError(413, "payload_too_large", "The body is larger than it may be here")
            .response(on: Surface(of: request.segments), to: request)
    }

    /// Bytes of a request's body.
    package static let bodyLimit = 1 << 20

    /// Who calls, and counts the request as the caller's.
    /// - Throws: what `authenticate` and `admit` throw.
    func identify(_ request: Request) throws -> Identity {
        let identity = try authenticate(request)
        try admit(identity)
        return identity
    }

    /// Counts the request as the caller's, once however often this is asked for it.
    /// - Throws: 429 when the caller has made too many.
    func admit(_ identity: Identity) throws(APIError) {
        if quota == nil { quota = limits.take(identity) }
        guard let quota, !quota.verdict.isWithin else { return }
        throw .rateLimited(retryAfter: max(1, quota.verdict.retrySeconds), quota.fields)
    }

    /// Who calls, uncounted: for those who have to note the caller before the count may refuse him.
    /// - Throws: 429 when a login was refused unseen, for there were too many wrong passwords.
    func authenticate(_ request: Request) throws -> Identity {
        do {
            return try authenticator.identify(request, now: Timestamp(microseconds: Clock.wallMicroseconds))
        } catch IdentityError.tooManyFailures(let seconds) {
            throw APIError.rateLimited(
                "Too many wrong passwords", retryAfter: seconds, limits.loginFields(retryAfter: seconds))
        } catch IdentityError.invalid(let refusal) {
            if let untold = refusals.take(refusal) { log(.refused(refusal, untold: untold), request) }
            throw IdentityError.invalid(refusal)
        } catch IdentityError.storeFailed(let cause) {
            // The database's own error, so that a lost connection is tried again like any other.
            throw cause
        }
    }

    /// Runs a handler; once more on new connections when the database had gone away under an old one. That is safe for
    /// each of them: they read, or are guarded by the job's state or by the request's id.
    func retryingLostConnections<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as PostgresError where error.isTransient && error.code != .connectionFailed {
            backends.reset()
            return try body()
        }
    }

    private func handle(_ route: Route, _ method: Method, _ request: Request) throws -> Response {
        switch route {
        case .catalogs(let module): try listCatalogs(module, request)
        case .preview: try preview(request)
        case .exports: method == .post ? try createExport(request) : try listExports(request)
        case .export(let id): try getExport(id, request)
        case .download(let id): try linkExport(id, request)
        case .cancel(let id): try cancelExport(id, request)
        case .schedules: method == .post ? try createSchedule(request) : try listSchedules(request)
        case .schedule(let id):
            switch method {
            case .patch: try changeSchedule(id, request)
            case .delete: try removeSchedule(id, request)
            default: try getSchedule(id, request)
            }
        case .file(let job, let name): try serveFile(job, name, request)
        case .partFile(let job, let number, let name): try servePart(job, number, name, request)
        // Only HEAD comes here; a GET is a stream.
        case .events: EventSubscription.head(try subscribe(request))
        case .openAPI: try describeAPI()
        case .reports: try listReports(request)
        case .reportFile(let token): try downloadReport(token, request)
        case .recents: method == .post ? try createRecent(request) : try listRecent(request)
        case .recent(let id): try getRecent(id, request)
        case .records: try listRecords(request)
        case .record(let id): try getRecord(id, request)
        case .setCancel(let id): try setCancel(id, request)
        case .reexports: method == .post ? try createReexport(request) : try listReexports(request)
        case .reexport(let id):
            switch method {
            case .put: try updateReexport(id, request)
            case .delete: try cancelReexport(id, request)
            default: try getReexport(id, request)
            }
        }
    }
}
