import HTTP
import JSON
import Jobs
import Time

/// DELETE /api/v1/report-reexports/{reexport_id}
enum CancelReexport {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let (job, _) = try call.reexport(of: caller)
        guard
            let cancelled = try call.endJob({
                try $0.withdrawReexport(tenant: caller.tenant, id: job.id, request: call.requestID)
            })
        else {
            let now = try call.reexport(of: caller).job
            throw APIError(
                409, "not_cancellable",
                "Only a pending re-export can be cancelled; this one is "
                    + now.state.reexportStatus.rawValue)
        }
        return .json([
            "reexport_id": .string(cancelled.id.reexportID), "cancelled": true,
            "cancelled_at": .string(orNull: cancelled.completedAt?.rfc3339),
        ])
    }
}
