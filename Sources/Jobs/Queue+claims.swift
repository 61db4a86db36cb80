import JSON
import Posix
import Postgres
import SQLText

/// A job that this dispatcher may work on, and the token that proves it.
package struct Claim: Sendable {
    package let job: Job
    /// New at every claim and never used again: a write that presents an older one changes nothing.
    package let token: String
    /// The columns of the job's row that are not NULL, for another process.
    let values: [(name: String, text: String)]

    init(job: Job, token: String, values: [(name: String, text: String)] = []) {
        self.job = job
        self.token = token
        self.values = values
    }
}

/// How many rows of a claimed job are done, for `recordProgress`.
package struct ClaimProgress: Sendable {
    package let job: UUID
    package let token: String
    package let done: Int64
    package let total: Int64?

    package init(job: UUID, token: String, done: Int64, total: Int64?) {
        self.job = job
        self.token = token
        self.done = done
        self.total = total
    }
}

/// The calls of a dispatcher.
extension Queue {
    package func listen(to channel: String = "report_export_jobs") throws {
        try connection.execute("LISTEN \(channel)", "listen")
    }

    /// After which a job that cannot be read is looked at again: the program may have been replaced.
    private static let leaveSeconds = 60

    /// Due jobs, fair to tenants. Fewer than `atMost` do not mean that there are no more: those of a tenant that
    /// another host was just changing have been left.
    /// - Parameter tenantLimit: how many of one tenant may run at the same time, on all hosts.
    package func claim(worker: Int64, tenantLimit: Int, atMost: Int) throws -> [Claim] {
        try connection.query(
            """
            select c.*, case when c.access is not null then
                current_access(c.requested_with, c.requested_by, c.tenant_id, c.access) end as access_now
            from claim_jobs(\(bind: worker), \(bind: tenantLimit), \(bind: atMost)) c
            """, "claim jobs", preparing: true
        ).all.compactMap { row in
            guard let token = row.string("claim_token") else { return nil }
            if let job = row.readableJob { return Claim(job: job, token: token, values: row.values) }
            // It is another version's, which may take it; it must not stay claimed by this one.
            try connection.query(
                """
                select leave_job(job_id => \(bind: row.string("id")), token => \(bind: token), \
                delay => make_interval(secs => \(bind: Self.leaveSeconds)))
                """, "leave unreadable job")
            return nil
        }
    }

    /// Lets listeners know that jobs are processing, after the claim: no claim waits for what others have to tell.
    package func tell(_ claims: [Claim]) throws {
        try connection.query(
            """
            select tell_claims(ids => \(bind: claims.map(\.job.id.description)), \
            tokens => \(bind: claims.map(\.token)))
            """, "tell claims", preparing: true)
    }

    /// One statement for all running jobs of a dispatcher.
    /// - Returns: those whose claims still hold.
    package func recordProgress(_ progress: [ClaimProgress]) throws -> Set<UUID> {
        let rows = try connection.query(
            """
            select record_progress(ids => \(bind: progress.map(\.job.description)), \
            tokens => \(bind: progress.map(\.token)), done => \(bind: progress.map { String($0.done) }), \
            totals => \(bind: progress.map { String($0.total ?? -1) })) as id
            """, "record progress", preparing: true)
        return Set(rows.all.compactMap { $0.string("id").flatMap { UUID($0) } })
    }

    /// - Returns: false when the claim was lost: the file must not stay.
    package func finish(_ claim: Claim, _ file: FinishedFile, keepSeconds: Int) throws -> Bool {
        guard let rows = file.keptRows else { return try finishFile(claim, file, keepSeconds: keepSeconds) }
        return try connection.transaction {
            let held = try finishFile(claim, file, keepSeconds: keepSeconds)
            if held { try keep(rows, of: claim, madeWith: file) }
            try? Failpoint.rowsKept.reach()
            return held
        }
    }

    private func finishFile(_ claim: Claim, _ file: FinishedFile, keepSeconds: Int) throws -> Bool {
        try connection.query(
            """
            select finish_job(job_id => \(bind: claim.job.id.description), token => \(bind: claim.token), \
            name => \(bind: file.name), path => \(bind: file.storedPath), size => \(bind: file.size), \
            rows => \(bind: file.rows), digest => decode(\(bind: file.sha256), 'hex'), \
            receipt => \(bind: file.receipt.text), keep => make_interval(secs => \(bind: keepSeconds))) as held
            """, "finish job", preparing: true
        ).first?.boolean("held") ?? false
    }

    /// - Returns: false when the claim was lost.
    @discardableResult
    package func fail(_ claim: Claim, _ error: AttemptError) throws -> Bool {
        try connection.query(
            """
            select fail_job(job_id => \(bind: claim.job.id.description), token => \(bind: claim.token), \
            code => \(bind: error.code), summary => \(bind: error.summary), state_code => \(bind: error.sqlState), \
            detail => \(bind: error.detail)) as held
            """, "fail job", preparing: true
        ).first?.boolean("held") ?? false
    }

    /// Back to the queue, or failed after the last attempt.
    /// - Returns: the new state, nil when the claim was lost.
    @discardableResult
    package func retry(_ claim: Claim, afterMilliseconds delay: Int64, _ error: AttemptError) throws -> JobState? {
        try connection.query(
            """
            select retry_job(job_id => \(bind: claim.job.id.description), token => \(bind: claim.token), \
            delay => \(bind: delay)::bigint * interval '1 ms', code => \(bind: error.code), \
            summary => \(bind: error.summary), state_code => \(bind: error.sqlState), \
            detail => \(bind: error.detail)) as state
            """, "retry job", preparing: true
        ).first?.string("state").flatMap(JobState.init(rawValue:))
    }

    /// Back to the queue with the attempt not counted, because the source was away.
    /// - Parameter interrupted: whether the attempt had begun to read.
    /// - Returns: false when the claim was lost.
    @discardableResult
    package func wait(
        _ claim: Claim, afterMilliseconds delay: Int64, interrupted: Bool, _ error: AttemptError
    ) throws -> Bool {
        try connection.query(
            """
            select wait_job(job_id => \(bind: claim.job.id.description), token => \(bind: claim.token), \
            delay => \(bind: delay)::bigint * interval '1 ms', \
            interrupted => \(bind: interrupted ? "true" : "false"), code => \(bind: error.code), \
            summary => \(bind: error.summary), state_code => \(bind: error.sqlState), \
            detail => \(bind: error.detail)) as held
            """, "wait with job", preparing: true
        ).first?.boolean("held") ?? false
    }

    /// Lets jobs that are due wait, with a reason that their owners see.
    /// - Parameter seconds: after which they are due again; `resumeWaiting` ends it earlier.
    package func holdJobs(seconds: Int, code: String, summary: String) throws {
        try connection.query(
            "select hold_jobs(make_interval(secs => \(bind: seconds)), \(bind: code), \(bind: summary))", "hold jobs",
            preparing: true)
    }

    /// Makes jobs run that wait for the source, which has answered again, or for room.
    /// - Returns: how many jobs waited.
    package func resumeWaiting() throws -> Int64 {
        try connection.query("select resume_jobs() as jobs", "resume jobs", preparing: true).first?.integer("jobs") ?? 0
    }

    /// Back to the queue with the attempt not counted.
    @discardableResult
    package func release(_ claim: Claim) throws -> Bool {
        try connection.query(
            "select release_job(\(bind: claim.job.id.description), \(bind: claim.token)) as held", "release job"
        ).first?.boolean("held") ?? false
    }

    /// Gives back the jobs that the queue says `worker` holds and whose tokens are not among `known`, its claims'.
    package func releaseUnknown(worker: Int64, known: [String]) throws -> [UUID] {
        try connection.query(
            "select release_unknown_claims(\(bind: worker), \(bind: known)) as id", "release unknown", preparing: true
        ).all.compactMap { $0.string("id").flatMap { UUID($0) } }
    }

    /// Takes back the jobs of dispatchers that are no longer alive.
    /// - Returns: the jobs, with the epoch and the claim's token of the attempt that was lost with each.
    package func recover() throws -> [(job: UUID, epoch: Int, token: String)] {
        try connection.query("select id, lost_epoch, lost_token from recover_jobs()", "recover jobs", preparing: true)
            .all.compactMap {
                guard let id = $0.string("id").flatMap({ UUID($0) }), let token = $0.string("lost_token") else {
                    return nil
                }
                return (id, Int($0.integer("lost_epoch") ?? 0), token)
            }
    }
}

/// The receipt of a whole file on disk.
package struct FinishedFile: Sendable {
    package let name: String
    package let storedPath: String
    package let size: Int64
    package let rows: Int64
    /// Hexadecimal.
    package let sha256: String
    package let receipt: JSON
    /// The rows that were kept beside it.
    package let keptRows: KeptRowsFile?

    package init(
        name: String, storedPath: String, size: Int64, rows: Int64, sha256: String, receipt: JSON,
        keptRows: KeptRowsFile? = nil
    ) {
        self.keptRows = keptRows
        self.name = name
        self.storedPath = storedPath
        self.size = size
        self.rows = rows
        self.sha256 = sha256
        self.receipt = receipt
    }
}
