import Coding
import JSON
import Posix
import Postgres
import Time

/// One export job, as its row says.
package struct Job: Sendable {
    package let id: UUID
    package let serial: Int64
    package let tenant: String
    package let module: String
    package let catalog: String
    package let category: String
    package let format: String
    package let language: String
    package let requestedBy: String
    /// How the requester has proved who he is, as `Identity.Kind` has it; nil for an operator.
    package let requestedWith: String?
    /// Where the request stood in its caller's trace, as a `traceparent`; nil without one.
    package let trace: String?
    /// What the requester may see of the catalogs, by what was known when the job was made; nil where its catalog is
    /// the same for everybody.
    package let access: JSON?
    /// The same when the job was claimed; nil for a requester who is not there any more.
    package let accessNow: JSON?
    /// The validated request in canonical form, as the row's jsonb prints it; nil in a list.
    private var requestText: String?
    package private(set) var state: JobState
    /// How often the job has been claimed; part of its files' names.
    package let epoch: Int
    package let attempts: Int
    package let maxAttempts: Int
    package private(set) var progress: Progress
    /// nil when the job is made in one piece.
    package private(set) var parts: PartCount?
    package private(set) var file: File?
    package private(set) var errorCode: String?
    package private(set) var errorSummary: String?
    /// The error of the last failed attempt, also when the job has gone on since.
    package private(set) var attemptError: AttemptError?
    /// How often in a row the source was out of reach when an attempt began; such attempts are not counted.
    package let waits: Int
    /// How often an attempt was interrupted for a reason that lies outside the job; such attempts are not counted.
    package let interruptions: Int
    /// Before which no attempt begins.
    package let runAfter: Timestamp
    package let requestedAt: Timestamp
    package private(set) var startedAt: Timestamp?
    package private(set) var completedAt: Timestamp?
    package let expiresAt: Timestamp?
    package let fileDeleted: Bool
    /// When somebody removed it before its time; nil for one that nobody has.
    package let removedAt: Timestamp?
    /// The list of keys that was uploaded with the request.
    package let filter: Filter?
    /// Whether the caller asked for a message when the job has ended.
    package let notify: Bool
    /// When a webhook has taken that message: nil until it has answered 2xx.
    package let notifiedAt: Timestamp?
    package let source: Source
    /// How often the job's schedule runs; nil for a manual job.
    package let interval: Interval?
    /// The schedule that the job comes from; it may be gone by now.
    package let schedule: UUID?
    /// When the state changed last.
    package let changedAt: Timestamp
    /// The rows that were kept of it, until they are deleted.
    package let keptRows: KeptRows?
    /// The report that it renders again; nil for a report of its own.
    package private(set) var reexport: Reexport?
    /// Rises with each change of state over all jobs: the id of the change's event.
    package private(set) var changeNumber: Int64

    /// - Throws: `JobsError.unreadableRow` when the row is not of this program's schema.
    init(_ row: Rows.Row) throws(JobsError) {
        func required(_ column: String) throws(JobsError) -> String {
            guard let value = row.string(column) else { throw .unreadableRow(column) }
            return value
        }
        func instant(_ column: String) throws(JobsError) -> Timestamp {
            guard let value = row.timestamp(column) else { throw .unreadableRow(column) }
            return value
        }
        guard let id = UUID(try required("id")) else { throw .unreadableRow("id") }
        guard let state = JobState(rawValue: try required("state")) else { throw .unreadableRow("state") }
        self.id = id
        self.state = state
        serial = row.integer("serial") ?? 0
        tenant = try required("tenant_id")
        module = try required("module")
        catalog = try required("catalog")
        category = try required("category")
        format = try required("format")
        language = try required("language")
        requestedBy = try required("requested_by")
        requestedWith = row.string("requested_with")
        trace = row.string("traceparent")
        access = try row.string("access").map { text throws(JobsError) in try Self.json(text, "access") }
        accessNow = try row.string("access_now").map { text throws(JobsError) in try Self.json(text, "access") }
        requestText = row.string("request")
        epoch = Int(row.integer("epoch") ?? 0)
        attempts = Int(row.integer("attempts") ?? 0)
        maxAttempts = Int(row.integer("max_attempts") ?? 0)
        progress = Progress(total: row.integer("progress_total"), done: row.integer("progress_done") ?? 0)
        parts = row.integer("parts_total").map {
            PartCount(total: Int($0), ready: Int(row.integer("parts_ready") ?? 0))
        }
        errorCode = row.string("error_code")
        errorSummary = row.string("error_summary")
        attemptError = AttemptError(row)
        waits = Int(row.integer("waits") ?? 0)
        interruptions = Int(row.integer("interruptions") ?? 0)
        // An operator may hold a job by `infinity`.
        runAfter = row.timestamp("run_after") ?? .latest
        requestedAt = try instant("requested_at")
        startedAt = row.timestamp("started_at")
        completedAt = row.timestamp("completed_at")
        expiresAt = row.timestamp("expires_at")
        removedAt = row.timestamp("removed_at")
        fileDeleted = row.string("file_deleted_at") != nil
        notify = row.boolean("notify") ?? false
        notifiedAt = row.timestamp("notified_at")
        source = row.string("source").flatMap(Source.init(rawValue:)) ?? .manual
        interval = row.string("interval").flatMap(Interval.init(rawValue:))
        schedule = row.string("schedule_id").flatMap { UUID($0) }
        changedAt = try instant("changed_at")
        keptRows = row.string("rows_deleted_at") == nil ? KeptRows(row) : nil
        reexport = try row.string("reexport_params").flatMap { params throws(JobsError) in
            Reexport(row, params: try Self.json(params, "reexport_params"))
        }
        changeNumber = row.integer("change_number") ?? 0
        filter = row.string("filter_file").map {
            Filter(
                name: $0, keys: Int(row.integer("filter_keys") ?? 0),
                sha256: String((row.string("filter_sha256") ?? "").dropFirst(2)))
        }
        if let name = row.string("file_name") {
            file = File(
                name: name, storedPath: try required("stored_path"), size: row.integer("file_size_bytes") ?? 0,
                rows: row.integer("row_count") ?? 0, sha256: String(try required("sha256").dropFirst(2)),
                receipt: try Self.json(try required("metadata"), "metadata"))
        } else {
            file = nil
        }
    }

    /// The validated request in canonical form; null for a job of a list. It is parsed when it is asked for, since most
    /// readers of a job do not ask: jsonb that this program has stored is JSON that it can read.
    package var request: JSON { requestText.flatMap { try? Self.json($0, "request") } ?? .null }

    /// The job for those who may not see what is in it: without its request, its receipt and what was wrong, which name
    /// columns.
    package var withoutContent: Job {
        var job = self
        job.requestText = "{}"
        if case .object(var params) = reexport?.params {
            params["columns"] = nil
            job.reexport?.params = .object(params)
        }
        job.errorSummary = nil
        job.attemptError = nil
        job.file = file.map {
            File(
                name: $0.name, storedPath: $0.storedPath, size: $0.size, rows: $0.rows, sha256: $0.sha256,
                receipt: .null)
        }
        return job
    }

    /// The job as it was right after an earlier change: later changes are taken back.
    package func asOf(change number: Int64, to state: JobState) -> Job {
        guard number < changeNumber, state.isOpen else { return self }
        var earlier = self
        earlier.state = state
        earlier.changeNumber = number
        earlier.progress = Progress(total: nil, done: 0)
        earlier.parts = nil
        earlier.file = nil
        earlier.errorCode = nil
        earlier.errorSummary = nil
        earlier.attemptError = nil
        earlier.completedAt = nil
        if state == .pending { earlier.startedAt = nil }
        return earlier
    }

    private static func json(_ text: String, _ column: String) throws(JobsError) -> JSON {
        do {
            return try JSON.parse(Array(text.utf8), limits: .stored)
        } catch {
            throw .unreadableRow(column)
        }
    }
}
