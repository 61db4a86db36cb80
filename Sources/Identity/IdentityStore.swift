/// A user as stored.
package struct StoredUser: Sendable {
    package var name: String
    /// crypt(3) text.
    package var passwordHash: String
    package var tenants: [String]
    package var permissions: [String]
    package var isSuperuser: Bool
    package var isDisabled: Bool
    package var claims: [String: [String]]

    package init(
        name: String, passwordHash: String, tenants: [String], permissions: [String], isSuperuser: Bool = false,
        isDisabled: Bool = false, claims: [String: [String]] = [:]
    ) {
        self.name = name
        self.passwordHash = passwordHash
        self.tenants = tenants
        self.permissions = permissions
        self.isSuperuser = isSuperuser
        self.isDisabled = isDisabled
        self.claims = claims
    }
}

/// An API key as stored: never the key itself.
package struct StoredApiKey: Sendable {
    package var prefix: String
    /// SHA-256 of the whole key, in lower-case hexadecimal.
    package var hash: String
    package var tenant: String
    package var permissions: [String]
    package var isRevoked: Bool
    package var claims: [String: [String]]

    package init(
        prefix: String, hash: String, tenant: String, permissions: [String], isRevoked: Bool = false,
        claims: [String: [String]] = [:]
    ) {
        self.prefix = prefix
        self.hash = hash
        self.tenant = tenant
        self.permissions = permissions
        self.isRevoked = isRevoked
        self.claims = claims
    }
}

/// The store of users and keys. A look-up returns nil when there is no entry of that name, and throws when that is not
/// known.
package protocol IdentityStore {
    func user(named name: String) throws -> StoredUser?
    func apiKey(prefix: String) throws -> StoredApiKey?
}
