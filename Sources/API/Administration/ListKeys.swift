import HTTP
import Identity
import JSON
import Jobs
import Time

/// GET /report/keys
enum ListKeys {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let keys = try IdentityTable(try call.queue.connection).keys(tenant: caller.tenant)
        return .json([
            "success": true,
            "data": .array(
                keys.map {
                    [
                        "prefix": .string($0.prefix), "name": .string($0.name),
                        "permissions": .array($0.permissions.map { .string($0) }),
                        "createdAt": .string($0.createdAt.rfc3339),
                        "expiresAt": .string(orNull: $0.expiresAt?.rfc3339),
                        "revokedAt": .string(orNull: $0.revokedAt?.rfc3339),
                    ]
                }),
        ])
    }
}
