import Catalog
import Configuration
import HTTP
import Identity
import Posix
import Storage

/// The whole HTTP side, from a request to an answer. Knows nothing of FastCGI.
package final class Router {
    private let table = RouteTable(Surface.all)
    private let origins: OriginCheck
    private let context: Context
    private let admission: Admission
    private let log: RequestLog

    package init(
        _ configuration: Configuration, catalogs: CatalogSet, keys: KeyRing, jwks: JWKS?,
        waitingRoom: WaitingRoom, storageGate: StorageGate, previews: SharedRoom, passwords: SharedRoom,
        limits: RequestLimits, workers: NginxWorkers?, operations: Operations, log: RequestLog
    ) throws {
        origins = OriginCheck(
            trusting: ([configuration.publicAddress] + configuration.trustedOrigins).map(\.origin).filter {
                !$0.isEmpty
            })
        context = try Context(
            configuration, catalogs: catalogs, keys: keys, waitingRoom: waitingRoom, storageGate: storageGate,
            previews: previews, limits: limits,
            workers: workers, operations: operations,
            describe: { .json(try OpenAPIDocument.make(publicURL: configuration.publicURL)) })
        admission = Admission(
            configuration, jwks: jwks, store: StoredIdentities(context.backends.queue), limits: limits,
            passwords: passwords, log: log)
        self.log = log
    }

    /// Finds the endpoint of a request; the body is read afterwards.
    /// - Parameter method: the request's, nil when this service does not know it.
    package func begin(_ request: Request, method: Method?) -> RoutedRequest {
        let segments = request.segments
        let surface = Surface.of(segments)
        let route = table.route(segments)
        let target: RoutedRequest.Target
        if let endpoint = method.flatMap({ route?.endpoints[$0 == .head ? .get : $0] }) {
            target = origins.allows(request) ? .endpoint(endpoint) : .refusal(.crossOrigin)
        } else if method == nil {
            target = .refusal(.methodNotAllowed(route?.methods ?? [.get]))
        } else if let route {
            target = method == .options ? .options(route.methods) : .refusal(.methodNotAllowed(route.methods))
        } else {
            target = .refusal(.notFound)
        }
        return RoutedRequest(
            request, segments: segments, to: target, of: surface, context: context, admission: admission, log: log)
    }

    /// Called between two requests: closes connections that an idle process need not hold.
    /// - Returns: the milliseconds after which it is to be called again; nil when nothing is held.
    package func rest() -> Int64? { context.backends.closeIdle() }
}
