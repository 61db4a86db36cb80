import HTTP
import JSON
import Jobs
import Posix
import Time
import Webhooks

/// GET /report/webhook
enum ShowWebhook {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let table = WebhookTable(try call.queue.connection)
        guard let endpoint = try table.endpoint(of: caller.tenant) else {
            return .json(["success": true, "data": .null])
        }
        let deliveries = try table.deliveries(tenant: caller.tenant, failed: false, atMost: 50)
        return .json([
            "success": true,
            "data": [
                "origin": .string(endpoint.origin), "changedAt": .string(orNull: endpoint.changedAt?.rfc3339),
                "disabledAt": .string(orNull: endpoint.disabledAt?.rfc3339), "waiting": .int(endpoint.waiting),
                "delivered": .int(endpoint.delivered), "givenUp": .int(endpoint.givenUp),
                "deliveries": .array(deliveries.map(\.json)),
            ],
        ])
    }
}

extension WebhookTable.StoredDelivery {
    fileprivate var json: JSON {
        [
            "exportId": .string(job.description), "event": .string(event), "happenedAt": .string(happenedAt.rfc3339),
            "attempts": .int(attempts), "dueAt": .string(orNull: dueAt?.rfc3339),
            "deliveredAt": .string(orNull: deliveredAt?.rfc3339), "lastStatus": lastStatus.map { .int($0) } ?? .null,
            "lastError": .string(orNull: lastError),
        ]
    }
}
