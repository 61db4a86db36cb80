import Identity

/// Which known callers may make a call.
struct Access: Sendable {
    /// The one that is needed; nil for another rule.
    var permission: Permission?
    let allows: @Sendable (Identity) -> Bool

    /// Callers with a permission.
    static func permission(_ permission: Permission) -> Access {
        Access(permission: permission) { $0.has(permission) }
    }

    static let superusers = Access { $0.isSuperuser }
}
