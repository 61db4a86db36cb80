import Configuration
import HTTP
import Identity
import JSON
import Jobs
import Time

/// GET /report/usage
enum ShowUsage {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let (queue, settings) = (try call.queue, call.configuration)
        let usage = try queue.usage(tenant: caller.tenant, subject: caller.identity.subject)
        func used(_ count: Int64, of limit: Int?) -> JSON {
            ["used": .int(count), "limit": limit.map { .int($0) } ?? .null]
        }
        // What is raised for a time, of the settings, or what the hosts can do. Dispatchers claim by the same rule: a
        // host that has just started counts itself before its lease is there.
        let running = max(
            Int(usage.raisedRunning ?? 0), settings.tenantRunning ?? max(settings.workers, Int(usage.fleet)))
        let queued = max(Int(usage.raisedQueued ?? 0), settings.tenantQueued)
        let hosts = caller.identity.has(.viewMetrics) ? try queue.hosts().map(\.json) : nil
        return .json([
            "success": true,
            "data": [
                "pending": .int(usage.pending), "running": used(usage.running, of: running),
                "queued": used(usage.pending + usage.running, of: queued),
                "storedBytes": used(usage.storedBytes, of: settings.tenantStoredBytes),
                "schedules": used(usage.schedules, of: settings.tenantSchedules),
                "presets": used(usage.presets, of: settings.tenantPresets),
                "ownPresets": used(usage.ownPresets, of: settings.callerPresets),
                "hosts": hosts.map { .array($0) } ?? .null,
            ],
        ])
    }
}

extension HostSight {
    fileprivate var json: JSON {
        [
            "host": .string(host), "version": .string(orNull: version), "alive": .bool(isAlive),
            "running": .int(running),
            "workers": workers.map { .int($0) } ?? .null, "startedAt": .string(orNull: startedAt?.rfc3339),
            "renewedAt": .string(orNull: renewedAt?.rfc3339),
        ]
    }
}
