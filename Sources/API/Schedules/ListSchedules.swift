import HTTP
import JSON
import Jobs
import Schedules

/// GET /report/schedules
enum ListSchedules {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let page = try PageRequest(caller.query)
        let (schedules, total) = try call.schedules.schedules(
            tenant: caller.tenant, module: caller.query["module"], catalog: caller.query["catalog"],
            limit: page.limit, offset: page.offset)
        return .json([
            "success": true, "data": .array(schedules.map { call.json($0, for: caller) }), "page": .int(page.page),
            "limit": .int(page.limit), "total": .int(total),
        ])
    }
}

extension Call {
    /// - Throws: `PostgresError` when the queue's database is out of reach.
    var schedules: ScheduleTable { get throws { ScheduleTable(try queue.connection) } }
}
