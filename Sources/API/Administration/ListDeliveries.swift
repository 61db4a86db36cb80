import HTTP
import JSON
import Jobs
import Posix
import Time
import Webhooks

/// GET /report/deliveries
enum ListDeliveries {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let text = caller.query["exportId"]
        let job = text.flatMap { UUID($0) }
        guard text == nil || job != nil else { throw APIError.invalid("exportId", "exportId must be a UUID") }
        let deliveries = try MailTable(try call.queue.connection).list(tenant: caller.tenant, job: job, atMost: 50)
        return .json(["success": true, "data": .array(deliveries.map(\.json))])
    }
}

extension MailTable.Stored {
    fileprivate var json: JSON {
        [
            "id": .string(id.description), "exportId": .string(job.description), "event": .string(event),
            "to": .string(recipient), "state": .string(state), "happenedAt": .string(happenedAt.rfc3339),
            "content": .string(orNull: content), "linkEndsAt": .string(orNull: linkEndsAt?.rfc3339),
            "attempts": .int(attempts), "dueAt": .string(orNull: dueAt?.rfc3339),
            "deliveredAt": .string(orNull: deliveredAt?.rfc3339), "lastStatus": .int(orNull: lastStatus),
            "lastError": .string(orNull: lastError),
        ]
    }
}
