import JSON
import Posix
import Postgres
import SQLText

/// Creating a job: one call of `create_job`, which inserts the whole job or finds the one that answers for it.
extension Queue {
    package enum Creation: Sendable {
        case created(Job)
        /// The same request came before, under the same key: its job, as it is now.
        case replayed(Job)
        /// An equal request's job is under way, or finished with its file still to be had.
        case equal(Job)
        /// The key belongs to another request.
        case conflict
        /// The tenant has as many jobs queued as it may: so many.
        case queueFull(limit: Int)
        /// The tenant's files take as many bytes as they may.
        case storageFull
        /// The report to render again, or its kept rows, are not there any more.
        case reportGone

        /// nil when the answer is no job.
        package var job: Job? {
            switch self {
            case .created(let job), .replayed(let job), .equal(let job): job
            case .conflict, .queueFull, .storageFull, .reportGone: nil
            }
        }
    }

    /// - Throws: `PostgresError`; `JobsError.unreadableRow` for an answer that is not of this program's schema.
    package func create(_ new: NewJob, limits: JobLimits) throws -> Creation {
        let rows = try connection.query(
            """
            select outcome, (job).* from create_job(job_id => \(bind: new.id.description),
                tenant => \(bind: new.tenant), job_module => \(bind: new.module),
                job_catalog => \(bind: new.catalog), job_category => \(bind: new.category),
                job_format => \(bind: new.format), job_language => \(bind: new.language),
                subject => \(bind: new.requestedBy), job_request => \(bind: new.request.text),
                hash => sha256(convert_to(\(bind: new.request.text), 'UTF8')), key => \(bind: new.idempotencyKey),
                gateway_request_id => \(bind: new.requestID), queued_limit => \(bind: limits.queued),
                attempts_limit => \(bind: new.maxAttempts), stored_limit => \(bind: limits.stored.map(String.init)),
                wants_notice => \(bind: new.notify), keys_name => \(bind: new.filter?.name),
                keys_count => \(bind: new.filter.map { String($0.keys) }),
                keys_digest => decode(\(bind: new.filter?.sha256), 'hex'),
                equal_hash => sha256(convert_to(\(bind: new.repetitionText), 'UTF8')),
                equal_for => make_interval(secs => \(bind: new.repetition.map { String($0.seconds) })),
                report => \(bind: new.reexport?.report.description),
                report_params => \(bind: new.reexport?.params.text), report_zone => \(bind: new.reexport?.zone),
                report_day => \(bind: new.reexport?.day), kept_path => \(bind: new.reexport?.rows?.storedPath),
                kept_digest => decode(\(bind: new.reexport?.rows?.sha256), 'hex'),
                keys_bytes => \(bind: new.filterBytes.map(String.init)), asked_with => \(bind: new.requestedWith),
                caller_access => \(bind: new.access?.text), trace => \(bind: new.trace))
            """, "create job", preparing: true)
        guard let row = rows.first else { throw JobsError.unreadableRow("outcome") }
        switch row.string("outcome") {
        case "created": return .created(try Job(row))
        case "replayed": return .replayed(try Job(row))
        case "equal": return .equal(try Job(row))
        case "conflict": return .conflict
        case "queue_full":
            return .queueFull(limit: max(limits.queued, try raisedLimits(of: new.tenant)?.queued ?? 0))
        case "storage_full": return .storageFull
        case "report_gone": return .reportGone
        default: throw JobsError.unreadableRow("outcome")
        }
    }
}
