import Catalog
import HTTP
import Identity
import JSON

/// The caller's identity, tenant and language, which every handler is given.
struct Caller {
    let identity: Identity
    let tenant: String
    let language: String
    let query: Query
    /// What the catalogs look at.
    let viewer: Viewer

    /// The checks that follow when the caller is known and has the permission.
    /// - Throws: 400 for a query that cannot be read or has other names, a missing tenant, an invalid language; 403 for
    ///   a tenant that is not the caller's.
    init(_ identity: Identity, _ request: Request, accepts names: QueryNames) throws {
        self.identity = identity
        viewer = Viewer(identity)
        query = try Query(parsing: request.rawQuery)
        for name in query.names where !["tenant_id", "language"].contains(name) && !names.contains(name) {
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
    /// - Throws: 403 for another's tenant; 400 when the tenant is empty, or missing and not the only one.
    private static func tenant(_ named: String?, of identity: Identity) throws(APIError) -> String {
        if named == "" { throw .invalid("tenant_id", "tenant_id is empty") }
        do {
            return try identity.tenant(named: named)
        } catch {
            switch error {
            case .foreign: throw .unknownID(.insufficientPermissions)
            case .ambiguous:
                var error = APIError.invalid(
                    "tenant_id", "tenant_id is required: the caller has more than one tenant")
                let own = identity.tenants.filter(identity.mayAct).map { JSON.string($0) }
                error.details.append(("tenants", .array(own)))
                throw error
            }
        }
    }
}
