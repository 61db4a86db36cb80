import Catalog
import Configuration
import Formats
import HTTP
import Identity
import JSON
import Jobs
import Posix

/// POST /report/exports
extension Application {
    func createExport(_ call: Call, _ caller: Caller) throws -> Response {
        let request = call.request
        let wanted = try ExportWish(try call.json(), caller, self, upload: call.uploaded?.list)
        let key = try IdempotencyKey.read(request)
        let queue = try backends.queue()
        let new = try newJob(wanted, caller, key, request, queue)
        let creation = try queue.create(
            new, queuedLimit: configuration.tenantQueued, storedLimit: configuration.tenantStoredBytes)
        wanted.keep(new, creation, self)
        let id = try job(of: creation)
        if let response = try awaited(id, request, caller, queue) { return response }
        guard var job = try queue.job(tenant: caller.tenant, id: id) else {
            throw APIError.internalError("job \(id) is gone right after it was created")
        }
        // A worker may have begun already; what was created is a pending job all the same.
        if case .created = creation { job = job.asOf(change: 0, to: .pending) }
        return .json(["success": true, "data": job.exportsJSON()], status: 202)
            .withHeader("Location", "\(configuration.publicURL)/report/exports/\(id)")
            .withHeader("Retry-After", "1")
    }

    /// A checked wish as a job of the caller's, its list of keys in place; `ExportWish.keep` says afterwards whether
    /// the list stays.
    func newJob(
        _ wanted: ExportWish, _ caller: Caller, _ key: String?, _ request: Request, _ queue: Queue
    ) throws -> NewJob {
        var new = NewJob(
            tenant: caller.tenant, module: wanted.report.module, catalog: wanted.report.key,
            category: wanted.report.category, format: wanted.request.format.rawValue, language: caller.language,
            requestedBy: caller.identity.subject, request: wanted.request.json, idempotencyKey: key,
            requestID: request.requestID.isEmpty ? nil : request.requestID, maxAttempts: configuration.maxAttempts,
            notify: wanted.request.notifyOnCompletion)
        try wanted.file(&new, self, queue)
        return new
    }

    /// The job that an insert came to; why there is none is thrown.
    func job(of creation: Queue.Creation) throws(APIError) -> UUID {
        switch creation {
        case .created(let id), .replayed(let id): return id
        case .conflict:
            throw APIError(
                422, "idempotency_key_reused", "The Idempotency-Key was used before with another request")
        case .queueFull:
            throw APIError.quotaExceeded(
                "queued-exports", quota: configuration.tenantQueued, retryAfter: 30,
                "The tenant has \(configuration.tenantQueued) exports pending or running; try again when some are done")
        case .storageFull:
            throw APIError.quotaExceeded(
                "stored-bytes", quota: configuration.tenantStoredBytes ?? 0, unit: "content-bytes", retryAfter: 3600,
                "The tenant's files take all the space that it may use; try again when some have expired")
        }
    }
}

extension Application {
    /// The job once it is over, for a client that would rather wait (`Prefer: wait=N`); nil when it is not over in
    /// time, or when as many are waiting as may.
    private func awaited(_ id: UUID, _ request: Request, _ caller: Caller, _ queue: Queue) throws -> Response? {
        guard let wish = Preferences(request.headers.all("prefer")).wait else { return nil }
        let seconds = min(wish, WaitingRoom.longest, configuration.requestSeconds / 2)
        let over = try waitingRoom.wait(seconds: seconds) {
            try queue.job(tenant: caller.tenant, id: id).flatMap { $0.state.isOpen ? nil : $0 }
        }
        guard let job = over else { return nil }
        return .json(["success": true, "data": job.exportsJSON()])
            .withHeader("Location", "\(configuration.publicURL)/report/exports/\(id)")
            .withHeader("Preference-Applied", "wait=\(seconds)")
    }
}

/// The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header): a structured-field string, which
/// most clients send without its quotes; both are taken.
enum IdempotencyKey {
    static func read(_ request: Request) throws(APIError) -> String? {
        let values = request.headers.all("idempotency-key")
        guard let value = values.first else { return nil }
        guard values.count == 1 else { throw .invalid("Idempotency-Key", "Idempotency-Key is given twice") }
        let key =
            value.utf8.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            ? String(value.dropFirst().dropLast()) : value
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid("Idempotency-Key", "Idempotency-Key must be 1 to 255 visible ASCII characters")
        }
        return key
    }
}
