/// The caller, from any of the sources.
package struct Identity: Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// nginx has authenticated the caller.
        case gateway
        /// A signed token.
        case bearer
        /// A key bound to one tenant; there is no user behind it.
        case apiKey
        /// A user of the database with a password.
        case basic
    }

    /// The user's name, the token's `sub`, or `api-key:<prefix>`: for the audit, and to tell the caller's own jobs.
    package var subject: String
    /// Without repetitions. `*` stands for every tenant, for a superuser only.
    package var tenants: [String]
    /// As they were granted; `has(_:)` is the question to ask.
    package var permissions: Set<String>
    package var isSuperuser: Bool
    package var kind: Kind
    /// What the credential says of its holder beyond that, by which catalogs choose rows: the values of each claim.
    package var claims: [String: [String]]

    package init(
        subject: String, tenants: [String], permissions: Set<String> = [], isSuperuser: Bool = false, kind: Kind,
        claims: [String: [String]] = [:]
    ) {
        self.subject = subject
        self.tenants = tenants.reduce(into: []) { if !$0.containsExactly($1) { $0.append($1) } }
        self.permissions = permissions
        self.isSuperuser = isSuperuser
        self.kind = kind
        self.claims = claims
    }

    /// A superuser has every permission, within the tenants that are its own.
    package func has(_ permission: Permission) -> Bool {
        isSuperuser || permissions.contains(permission.rawValue)
    }
}

/// Why no tenant can be chosen for a request.
package enum TenantError: Error, Equatable, Sendable {
    /// 400: the caller has several tenants, or all, and did not name one.
    case ambiguous
    /// 403: the named tenant is not the caller's, whether it exists or not; or the caller has no tenant.
    case foreign
}

extension Identity {
    package static let everyTenant = "*"

    package func mayAct(for tenant: String) -> Bool {
        guard tenant != Self.everyTenant, !tenant.isEmpty else { return false }
        return tenants.containsExactly(tenant) || (isSuperuser && tenants.contains(Self.everyTenant))
    }

    /// The tenant that a request is for: the named one when it is the caller's, or the caller's only one.
    package func tenant(named name: String?) throws(TenantError) -> String {
        if let name {
            guard mayAct(for: name) else { throw .foreign }
            return name
        }
        if isSuperuser && tenants.contains(Self.everyTenant) { throw .ambiguous }
        let own = tenants.filter(mayAct)
        guard let first = own.first else { throw .foreign }
        guard own.count == 1 else { throw .ambiguous }
        return first
    }
}
