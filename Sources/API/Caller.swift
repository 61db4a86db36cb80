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
        _ request: Request, _ application: Application, needs permission: String, parameters: Set<String> = []
    ) throws {
        identity = try application.identify(request)
        guard identity.has(permission) else { throw APIError.insufficientPermissions }
        query = try Query(parsing: request.rawQuery)
        try query.refuseNames(besides: parameters.union(["tenant_id", "language"]))
        tenant = try Self.tenant(query["tenant_id"], of: identity)
        guard let tag = query["language"] else {
            language = "en"
            return
        }
        guard let parsed = LanguageTag(tag) else { throw APIError.invalid("language", "language must be a BCP 47 tag") }
        language = parsed.text
    }

    /// A tenant that is not the caller's is refused in the same words whether it exists or not.
    private static func tenant(_ named: String?, of identity: Identity) throws(APIError) -> String {
        if let named {
            guard !named.isEmpty else { throw .invalid("tenant_id", "tenant_id is empty") }
            guard identity.mayAct(for: named) else { throw .insufficientPermissions }
            return named
        }
        guard let only = identity.onlyTenant else {
            throw .invalid("tenant_id", "tenant_id is required: the caller has more than one tenant")
        }
        return only
    }
}

/// The stored users and keys, as Identity wants to see them.
struct StoredIdentities: IdentityStore {
    let table: IdentityTable

    func user(named name: String) throws -> StoredUser? {
        guard let user = try table.user(named: name), !user.isDisabled else { return nil }
        return StoredUser(
            name: user.name, passwordHash: user.passwordHash, tenants: user.tenants, permissions: Set(user.permissions),
            isSuperuser: user.isSuperuser)
    }

    func apiKey(prefix: String) throws -> StoredApiKey? {
        guard let key = try table.key(prefix: prefix), key.revokedAt == nil else { return nil }
        return StoredApiKey(
            prefix: key.prefix, hash: key.hash, name: key.name, tenant: key.tenant, permissions: Set(key.permissions))
    }
}
