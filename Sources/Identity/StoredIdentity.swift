/// Stored users and keys as callers.
extension StoredUser {
    /// nil while the user is disabled.
    package var identity: Identity? {
        if isDisabled { return nil }
        return Identity(
            subject: name, tenants: tenants, permissions: Set(permissions), isSuperuser: isSuperuser, kind: .basic,
            claims: claims)
    }
}

extension StoredApiKey {
    /// nil when the key was revoked.
    package var identity: Identity? {
        if isRevoked { return nil }
        return Identity(
            subject: Self.subjectPrefix + prefix, tenants: [tenant], permissions: Set(permissions), kind: .apiKey,
            claims: claims)
    }

    /// Before the prefix in the subject of a key's identity.
    package static let subjectPrefix = "api-key:"
}
