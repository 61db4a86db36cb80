import JSON
import Posix
import Postgres

/// What makes two requests of one caller the same: what was asked, in which language, and how new the data was.
package struct IdenticalRequest: Sendable {
    package let request: JSON
    package let language: String
    /// Nil where the catalog names no column that tells.
    package let watermark: String?
    /// How long a finished report answers for a new request.
    package let withinSeconds: Int

    package init(request: JSON, language: String, watermark: String?, withinSeconds: Int) {
        self.request = request
        self.language = language
        self.watermark = watermark
        self.withinSeconds = withinSeconds
    }

    fileprivate var text: String { JSON.array([request, .string(language), .string(orNull: watermark)]).text }
}

extension Queue {
    /// How a request ended that may repeat another.
    package enum DedupedCreation: Sendable {
        case new(Creation)
        /// An equal request's report is there.
        case finished(Job)
        /// An equal request's job is pending or running.
        case underWay(Job)
    }

    /// Creates a job unless an equal request of the same caller has one already. Look and insert are one transaction under
    /// the tenant's lock: two equal requests at once make one job.
    package func create(
        _ new: NewJob, unless identical: IdenticalRequest, queuedLimit: Int, storedLimit: Int?
    ) throws -> DedupedCreation {
        let hash: SQL = "sha256(convert_to(\(bind: identical.text), 'UTF8'))"
        return try connection.transaction {
            let existing = try one(
                """
                select * from find_identical_job(\(bind: new.tenant), \(bind: new.requestedBy), \(hash), \
                make_interval(secs => \(bind: identical.withinSeconds)), \(bind: new.idempotencyKey), \
                \(bind: new.requestID))
                """, "find identical job")
            if let existing { return existing.state.isOpen ? .underWay(existing) : .finished(existing) }
            let creation = try insert(new, queuedLimit: queuedLimit, storedLimit: storedLimit)
            if case .created(let id) = creation {
                try connection.query("select mark_request(\(bind: id.description), \(hash))", "mark request")
            }
            return .new(creation)
        }
    }
}
