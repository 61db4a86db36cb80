import HTTP
import Identity
import Jobs

/// Who asks, for which tenant, in which language: what every handler needs and no handler works out itself.
struct Caller {
    let identity: Identity
    let tenant: String
    let language: String
    let query: Query

    /// The checks that come before any look at the object, in their order: 401, 403, the query's form, the tenant.
    /// - Parameters:
    ///   - permission: what the call needs.
    ///   - parameters: the query's names besides `tenant_id` and `language`.
    init(
        _ request: Request, _ application: Application, needs permission: Permission, parameters: Set<String> = []
    ) throws {
        let identity = try application.identify(request)
        guard identity.has(permission) else { throw APIError.insufficientPermissions }
        try self.init(identity, request) { parameters.contains($0) }
    }

    /// The checks that follow once it is known who asks and that they may.
    /// - Parameter accepts: the query's names besides `tenant_id` and `language`.
    init(_ identity: Identity, _ request: Request, accepts: (String) -> Bool) throws {
        self.identity = identity
        query = try Query(parsing: request.rawQuery)
        for name in query.names where !["tenant_id", "language"].contains(name) && !accepts(name) {
            throw QueryError.unknown(name)
        }
        tenant = try Self.tenant(query["tenant_id"], of: identity)
        guard let tag = query["language"] else {
            language = "en"
            return
        }
        guard let parsed = LanguageTag(tag) else {
            throw APIError.invalid("language", "language must be a BCP 47 tag such as en or nb-NO")
        }
        language = parsed.text
    }

    /// Whose jobs surfaces 3 and 4 show this caller: a superuser the tenant's (nil), others their own.
    var requester: String? { identity.isSuperuser ? nil : identity.subject }

    /// A tenant that is not the caller's is refused in the same words whether it exists or not.
    private static func tenant(_ named: String?, of identity: Identity) throws(APIError) -> String {
        if named == "" { throw .invalid("tenant_id", "tenant_id is empty") }
        do {
            return try identity.tenant(named: named)
        } catch {
            switch error {
            case .foreign: throw .insufficientPermissions
            case .ambiguous:
                throw .invalid("tenant_id", "tenant_id is required: the caller has more than one tenant")
            }
        }
    }
}

/// The stored users and keys, as Identity wants to see them. The connection is asked for only when a credential
/// really has to be looked up.
struct StoredIdentities: IdentityStore {
    let backends: Backends

    func user(named name: String) throws -> StoredUser? {
        try IdentityTable(backends.queue().connection).user(named: name).map {
            StoredUser(
                name: $0.name, passwordHash: $0.passwordHash, tenants: $0.tenants, permissions: $0.permissions,
                isSuperuser: $0.isSuperuser, isDisabled: $0.isDisabled)
        }
    }

    func apiKey(prefix: String) throws -> StoredApiKey? {
        try IdentityTable(backends.queue().connection).key(prefix: prefix).map {
            StoredApiKey(
                prefix: $0.prefix, hash: $0.hash, tenant: $0.tenant, permissions: $0.permissions,
                isRevoked: $0.revokedAt != nil)
        }
    }
}
