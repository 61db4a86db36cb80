import Posix
import Postgres
import SQLText

/// The parts of a job: its attempt writes them, surfaces read them.
extension Queue {
    /// In the order of the file; empty when the job was made in one piece, or waits to run (again).
    package func parts(of job: UUID) throws -> [JobPart] {
        try connection.query("select * from list_parts(\(bind: job.description))", "list parts", preparing: true)
            .all.map { try JobPart($0) }
    }

    package func part(tenant: String, serial: Int64) throws -> JobPart? {
        try connection.query("select * from find_part(\(bind: tenant), \(bind: serial))", "find part", preparing: true)
            .first.map { try JobPart($0) }
    }

    /// - Parameter bounds: the first key of each part but the first.
    /// - Returns: false when the claim was lost; so do the three that follow.
    @discardableResult
    package func planParts(_ claim: Claim, bounds: [String]) throws -> Bool {
        try held(
            "select plan_parts(\(bind: claim.job.id.description), \(bind: claim.token), \(bind: bounds)) as held",
            "plan parts")
    }

    /// - Parameter rows: of each part, in their order.
    @discardableResult
    package func countParts(_ claim: Claim, rows: [Int64]) throws -> Bool {
        try held(
            """
            select count_parts(\(bind: claim.job.id.description), \(bind: claim.token), \
            \(bind: rows.map { String($0) })) as held
            """, "count parts")
    }

    @discardableResult
    package func startPart(_ claim: Claim, number: Int) throws -> Bool {
        try held(
            "select start_part(\(bind: claim.job.id.description), \(bind: claim.token), \(bind: number)) as held",
            "start part")
    }

    /// - Parameter file: the part's own file, for download while the job runs; nil when it has none.
    @discardableResult
    package func finishPart(_ claim: Claim, number: Int, rows: Int64, file: JobPart.File?) throws -> Bool {
        try held(
            """
            select finish_part(job => \(bind: claim.job.id.description), token => \(bind: claim.token), \
            part => \(bind: number), rows => \(bind: rows), path => \(bind: file?.storedPath), \
            size => \(bind: file.map { String($0.size) }), digest => decode(\(bind: file?.sha256), 'hex')) as held
            """, "finish part")
    }

    private func held(_ sql: SQL, _ operation: String) throws -> Bool {
        try connection.query(sql, operation, preparing: true).first?.boolean("held") ?? false
    }
}
