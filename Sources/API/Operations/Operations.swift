import Configuration
import HTTP
import Identity
import JSON
import Jobs
import Posix
import Postgres
import Storage

/// The service's own state, for monitoring.
package struct Operations {
    package let requests: RequestMetrics
    let stored = StoredBytes()
    /// Writes what the other processes of this host count.
    let writeHost: (inout OpenMetrics) -> Void

    /// - Parameter writeHost: writes what the other processes of this host count.
    package init(_ requests: RequestMetrics, writeHost: @escaping (inout OpenMetrics) -> Void) {
        self.requests = requests
        self.writeHost = writeHost
    }
}

/// GET /report/healthz: a responder is there and answers. Asks nothing else, so that a database that is away restarts
/// no service.
enum ShowHealth {
    static func answer(_ call: Call) -> Response {
        .json(["status": "ok"]).withHeader("Cache-Control", "no-store")
    }
}

/// GET /report/readyz: whether a request for an export could be answered now.
enum ShowReadiness {
    static func answer(_ call: Call) -> Response {
        let database = isFine { try call.queue.ping() }
        let storage = isFine {
            try call.context.storageGate.pass { if !call.context.storage.answers { throw Unready() } }
        }
        let isReady = database && storage
        func word(_ isFine: Bool) -> JSON { isFine ? "ok" : "unavailable" }
        var response = Response.json(
            [
                "status": isReady ? "ready" : "unready",
                "checks": ["database": word(database), "storage": word(storage)],
            ], status: isReady ? 200 : 503)
        response.setHeader("Cache-Control", "no-store")
        if !isReady { response.setHeader("Retry-After", "5") }
        return response
    }

    private struct Unready: Error {}

    private static func isFine(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            return false
        }
    }
}

/// GET /report/metrics: counters from shared memory, and two statements for the queue and what is stored. While the
/// database is away the figures of these are left out and `penstock_database_up` is 0.
enum ShowMetrics {
    static func answer(_ call: Call, _ caller: Caller) -> Response {
        let accepted = call.request.headers.all("accept").joined(separator: ",")
        var text = OpenMetrics(isPlain: accepted.contains("text/plain") && !accepted.contains("openmetrics"))
        call.context.operations.requests.write(to: &text)
        call.context.operations.writeHost(&text)
        if let room = try? call.context.storageGate.pass({ call.context.storage.room }) {
            text.family("storage_free_bytes", .gauge, "Free space of the storage folder.")
            text.sample([], room.free)
            text.family("storage_reserve_bytes", .gauge, "Free space below which no export begins.")
            text.sample([], room.reserve(call.context.configuration.reserveBytes))
        }
        let figures = try? call.queue.figures()
        text.family("database_up", .gauge, "Whether Penstock's own database has answered.")
        text.sample([], figures == nil ? 0 : 1)
        figures?.write(to: &text)
        if figures != nil, let stored = try? call.context.operations.stored.figures(of: call.queue) {
            stored.write(to: &text, limit: call.configuration.tenantStoredBytes)
        }
        text.end()
        return Response.text(text.text, contentType: text.contentType).withHeader("Cache-Control", "no-store")
    }
}

extension QueueFigures {
    fileprivate func write(to text: inout OpenMetrics) {
        text.family("jobs", .gauge, "Exports that are pending or running, of all hosts.")
        for jobs in open {
            text.sample([("state", jobs.state), ("module", jobs.module), ("catalog", jobs.catalog)], jobs.count)
        }
        text.family("queue_age_seconds", .gauge, "How long the oldest export that may run has waited.")
        text.sample([], oldestDueSeconds)
        text.family("running_age_seconds", .gauge, "How long the longest running export runs: the age of its snapshot.")
        text.sample([], oldestRunningSeconds)
        text.family("dispatchers", .gauge, "Dispatchers with a lease, of all hosts.")
        text.sample([], dispatchers)
        text.family("webhook_backlog", .gauge, "Messages of webhooks that are not delivered yet.")
        text.sample([], webhooks)
        text.family("mail_backlog", .gauge, "Deliveries by e-mail that have not arrived yet.")
        text.sample([], mails)
        text.family("dead_tuples", .gauge, "Dead rows of the table of exports.")
        text.sample([], deadTuples)
    }
}

extension StoredFigures {
    /// - Parameter limit: of each tenant; nil for none.
    fileprivate func write(to text: inout OpenMetrics, limit: Int?) {
        text.family("stored_bytes", .gauge, "Files, kept rows and lists of keys of all tenants.")
        text.sample([], total)
        // By their rank and not by name: a figure tells no tenant that there is another.
        text.family("tenant_stored_bytes", .gauge, "The same of the ten tenants that have most.")
        for (index, tenant) in largest.enumerated() { text.sample([("rank", "\(index + 1)")], tenant.bytes) }
        guard let limit else { return }
        text.family("tenant_stored_limit_bytes", .gauge, "What one tenant may have (TENANT_STORED_MB).")
        text.sample([], limit)
    }
}
