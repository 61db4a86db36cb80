import Configuration
import HTTP
import Identity
import Jobs
import Posix
import Time

/// Finds out who is calling, and refuses a caller with too many requests.
final class Admission {
    private let authenticator: Authenticator
    private let limits: RequestLimits
    private let log: RequestLog
    private var refusals = RefusalLog()

    init(
        _ configuration: Configuration, jwks: JWKS?, store: some IdentityStore, limits: RequestLimits,
        passwords: SharedRoom, log: RequestLog
    ) {
        self.limits = limits
        self.log = log
        authenticator = Authenticator(
            store: store,
            tokens: jwks.map {
                TokenVerifier(keys: $0, issuer: configuration.jwtIssuer, audience: configuration.jwtAudience)
            }, trustsGateway: configuration.trustsGateway, logins: limits, room: passwords)
    }

    /// Finds out who is calling, without counting the request: an attempt at a file records the caller before the count
    /// may refuse it.
    /// - Throws: `IdentityError`; 429 when a login was refused without comparing its password, because there were too
    ///   many wrong ones; 503 when as many passwords as may be are compared already; the error of a database that could
    ///   not be asked.
    func authenticate(_ request: Request) throws -> Identity {
        do {
            return try authenticator.identify(request, now: Timestamp(microseconds: Clock.wallMicroseconds))
        } catch IdentityError.tooManyFailures(let seconds) {
            throw APIError.rateLimited(
                "Too many wrong passwords", retryAfter: seconds, limits.loginFields(retryAfter: seconds))
        } catch IdentityError.invalid(let refusal) {
            if let untold = refusals.take(refusal) { log.write(.refused(refusal, untold: untold), request) }
            throw IdentityError.invalid(refusal)
        } catch IdentityError.storeFailed(let cause) {
            // The database's own error, so that a lost connection is tried again like any other.
            throw cause
        }
    }

    /// Counts the request as the caller's, once however often this is asked for it.
    /// - Parameter quota: where the caller of this request stands, once that is known.
    /// - Throws: 429 when the caller has made too many.
    func count(_ identity: Identity, _ quota: inout RequestLimits.Quota?) throws(APIError) {
        if quota == nil { quota = limits.take(identity) }
        guard let quota, !quota.verdict.isWithin else { return }
        throw .rateLimited(retryAfter: max(1, quota.verdict.retrySeconds), quota.fields)
    }

    /// Counts a caller's stream among the open ones, and notes what it ends with.
    /// - Throws: 429 when there are too many.
    func open(_ stream: inout EventSubscription, for identity: Identity, _ request: Request) throws(APIError) {
        switch identity.kind {
        case .bearer:
            let now = Timestamp(microseconds: Clock.wallMicroseconds)
            stream.endsIn = authenticator.tokenEnd(request, now: now).map {
                min($0 - now.seconds, EventSubscription.longestSeconds) * 1000
            }
        case .apiKey:
            let prefix = identity.subject.dropFirst(StoredApiKey.subjectPrefix.count)
            stream.holder = EventSubscription.Holder(name: String(prefix), isKey: true, tenant: stream.tenant)
        case .basic:
            stream.holder = EventSubscription.Holder(name: identity.subject, isKey: false, tenant: stream.tenant)
        case .gateway: break
        }
        stream.seat = try limits.takeStream(identity, tenant: stream.tenant)
    }
}

/// The stored users and keys, as Identity wants to see them. The connection is asked for only when a credential
/// really has to be looked up.
package struct StoredIdentities: IdentityStore {
    private let queue: () throws -> Queue

    package init(_ queue: @escaping () throws -> Queue) {
        self.queue = queue
    }

    package func user(named name: String) throws -> StoredUser? {
        try IdentityTable(queue().connection).user(named: name).map {
            StoredUser(
                name: $0.name, passwordHash: $0.passwordHash, tenants: $0.tenants, permissions: $0.permissions,
                isSuperuser: $0.isSuperuser, isDisabled: $0.isDisabled, claims: $0.claims)
        }
    }

    package func apiKey(prefix: String) throws -> StoredApiKey? {
        try IdentityTable(queue().connection).key(prefix: prefix).map {
            StoredApiKey(
                prefix: $0.prefix, hash: $0.hash, tenant: $0.tenant, permissions: $0.permissions,
                isRevoked: $0.revokedAt != nil || $0.isExpired, claims: $0.claims)
        }
    }
}
