import JSON
import Postgres
import SQLText
import Time

/// Users and API keys as stored.
package struct IdentityTable {
    package let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    package struct User: Sendable {
        package let name: String
        /// crypt(3) text.
        package let passwordHash: String
        package let tenants: [String]
        package let permissions: [String]
        package let isSuperuser: Bool
        package let isDisabled: Bool
        package let createdAt: Timestamp
        package let claims: [String: [String]]
    }

    package struct Key: Sendable {
        package let prefix: String
        /// SHA-256 of the whole key, hexadecimal.
        package let hash: String
        package let name: String
        package let tenant: String
        package let permissions: [String]
        package let createdAt: Timestamp
        package let revokedAt: Timestamp?
        /// Until when it is good beside the key that has replaced it; nil for one that was not replaced.
        package let expiresAt: Timestamp?
        /// By the database's clock.
        package let isExpired: Bool
        package let claims: [String: [String]]
    }

    package func user(named name: String) throws -> User? {
        try connection.query("select * from penstock_users where name = \(bind: name)", "find user", preparing: true)
            .first.map(user)
    }

    package func users() throws -> [User] {
        try connection.query("select * from penstock_users order by name", "list users").all.map(user)
    }

    /// Adds a user or replaces the one of that name.
    package func save(
        user name: String, passwordHash: String, tenants: [String], permissions: [String], superuser: Bool,
        claims: [String: [String]] = [:]
    ) throws {
        try connection.query(
            """
            insert into penstock_users (name, password_hash, tenants, permissions, superuser, claims)
            values (\(bind: name), \(bind: passwordHash), \(bind: tenants), \(bind: permissions), \(bind: superuser),
                \(bind: claims.claimsJSON.text))
            on conflict (name) do update set password_hash = excluded.password_hash, tenants = excluded.tenants,
                permissions = excluded.permissions, superuser = excluded.superuser, claims = excluded.claims,
                disabled = false
            """, "save user")
    }

    /// - Returns: whether there was such a user.
    package func remove(user name: String) throws -> Bool {
        try connection.query("delete from penstock_users where name = \(bind: name)", "remove user").affected > 0
    }

    package func key(prefix: String) throws -> Key? {
        try connection.query(
            "\(Self.selectKeys) where prefix = \(bind: prefix)", "find key", preparing: true
        ).first.map(key)
    }

    package func keys() throws -> [Key] {
        try connection.query("\(Self.selectKeys) order by created_at", "list keys").all.map(key)
    }

    /// Those of one tenant, the oldest first.
    /// - Throws: `PostgresError`.
    package func keys(tenant: String) throws -> [Key] {
        try connection.query(
            "\(Self.selectKeys) where tenant_id = \(bind: tenant) order by created_at, prefix", "list keys",
            preparing: true
        ).all.map(key)
    }

    private static let selectKeys: SQL = """
        select prefix, key_hash, name, tenant_id, permissions, claims, created_at, revoked_at, expires_at,
            coalesce(expires_at <= clock_timestamp(), false) as expired
        from penstock_api_keys
        """

    /// Makes a key in the place of another, which is good beside it for so long, or for as long as it still was.
    /// - Returns: the tenant; nil when there is no such key that is still good.
    package func rotate(
        keyPrefix prefix: String, to newPrefix: String, hash: String, overlapHours: Int
    ) throws -> String? {
        try connection.query(
            """
            with old as (
                update penstock_api_keys
                set expires_at = least(expires_at, clock_timestamp() + make_interval(hours => \(bind: overlapHours))),
                    replaced_by = \(bind: newPrefix)
                where prefix = \(bind: prefix) and revoked_at is null
                  and (expires_at is null or expires_at > clock_timestamp())
                returning name, tenant_id, permissions, claims)
            insert into penstock_api_keys (prefix, key_hash, name, tenant_id, permissions, claims)
            select \(bind: newPrefix), decode(\(bind: hash), 'hex'), name, tenant_id, permissions, claims from old
            returning tenant_id
            """, "rotate key"
        ).first?.string("tenant_id")
    }

    package func insert(
        keyPrefix prefix: String, hash: String, name: String, tenant: String, permissions: [String],
        claims: [String: [String]] = [:]
    ) throws {
        try connection.query(
            """
            insert into penstock_api_keys (prefix, key_hash, name, tenant_id, permissions, claims)
            values (\(bind: prefix), decode(\(bind: hash), 'hex'), \(bind: name), \(bind: tenant), \(bind: permissions),
                \(bind: claims.claimsJSON.text))
            """, "create key")
    }

    /// - Returns: whether there was such a key that was not revoked yet.
    package func revoke(keyPrefix prefix: String) throws -> Bool {
        try connection.query(
            """
            update penstock_api_keys set revoked_at = clock_timestamp()
            where prefix = \(bind: prefix) and revoked_at is null
            """, "revoke key"
        ).affected > 0
    }

    private func user(_ row: Rows.Row) -> User {
        User(
            name: row.string("name") ?? "", passwordHash: row.string("password_hash") ?? "",
            tenants: row.strings("tenants") ?? [], permissions: row.strings("permissions") ?? [],
            isSuperuser: row.boolean("superuser") ?? false, isDisabled: row.boolean("disabled") ?? true,
            createdAt: row.timestamp("created_at") ?? .earliest, claims: .stored(row.string("claims")))
    }

    private func key(_ row: Rows.Row) -> Key {
        Key(
            prefix: row.string("prefix") ?? "", hash: String((row.string("key_hash") ?? "").dropFirst(2)),
            name: row.string("name") ?? "", tenant: row.string("tenant_id") ?? "",
            permissions: row.strings("permissions") ?? [], createdAt: row.timestamp("created_at") ?? .earliest,
            revokedAt: row.timestamp("revoked_at"), expiresAt: row.timestamp("expires_at"),
            isExpired: row.boolean("expired") ?? false, claims: .stored(row.string("claims")))
    }
}
