import Posix
import Postgres
import SQLText

/// The queries of the lists of the Recent, Re-exports and Records APIs. The statements are planned with their values
/// each time (not prepared): a filter that is not asked for is then no condition at all, and the index that serves the
/// others is found.
extension Queue {
    package func job(tenant: String, serial: Int64) throws -> Job? {
        try one("select * from get_job_by_serial(\(bind: tenant), \(bind: serial))", "get job by serial")
    }

    /// The newest jobs first, with their requests.
    /// - Parameter requester: whose; nil for all of the tenant's.
    package func recentJobs(tenant: String, requester: String?, limit: Int) throws -> [Job] {
        try listed(
            "list_recent_jobs(\(bind: tenant), \(bind: requester), \(bind: limit))", "list recent jobs", columns: "*")
    }

    /// A page, newest first, and how many match in all. The requests are without their scopes, which are long.
    /// - Parameter bound: how many are counted.
    package func records(
        _ filter: RecordFilter, limit: Int, offset: Int, exactUpTo bound: Int
    ) throws -> (jobs: [Job], total: Total) {
        let columns: SQL = "\(Job.listedColumns), request - 'scope' as request"
        if filter.isCounted { return try countedRecords(filter, limit: limit, offset: offset, columns: columns) }
        let conditions = filter.arguments
        let jobs = try listed(
            "list_records(\(conditions), page_limit => \(bind: limit), page_offset => \(bind: offset))", "list records",
            columns: columns)
        let total = try connection.total(
            counting: "count_records(\(conditions), at_most => \(bind: bound + 1))", upTo: bound,
            of: "list_records(\(conditions), page_limit => null, page_offset => 0)")
        return (jobs, total)
    }

    /// A page that is found by the counts of blocks.
    private func countedRecords(
        _ filter: RecordFilter, limit: Int, offset: Int, columns: SQL
    ) throws -> (jobs: [Job], total: Total) {
        let conditions: SQL = """
            tenant => \(bind: filter.tenant), requester => \(bind: filter.requester), \
            states => \(bind: filter.stateNames), only_format => \(bind: filter.format)
            """
        let counts = try connection.query(
            """
            select later.jobs as later, greatest(since.jobs - later.jobs, 0) as total
            from count_newer(\(conditions), moment => coalesce(\(bind: filter.createdFrom), '-infinity')::timestamptz) since,
                count_newer(\(conditions), moment => coalesce(\(bind: filter.createdBefore), 'infinity')::timestamptz) later
            """, "count records"
        ).first
        let total = counts?.integer("total") ?? 0
        let left = min(Int64(limit), total - Int64(offset))
        guard left > 0 else { return ([], Total(total)) }
        let jobs = try listed(
            """
            page_records(\(conditions), page_limit => \(bind: Int(left)), \
            page_offset => \(bind: (counts?.integer("later") ?? 0) + Int64(offset)))
            """, "list counted records", columns: columns)
        return (jobs, Total(total))
    }

    /// The numbers of the parts that are ready, of the jobs that have any; in the order of the file.
    package func readyParts(of jobs: [Job]) throws -> [UUID: [Int]] {
        let ids = jobs.filter { $0.parts != nil }.map(\.id.description)
        guard !ids.isEmpty else { return [:] }
        var numbers: [UUID: [Int]] = [:]
        for row in try connection.query(
            "select job_id, number from list_ready_parts(\(bind: ids))", "list ready parts", preparing: true
        ).all {
            guard let id = row.string("job_id").flatMap({ UUID($0) }), let number = row.integer("number") else {
                continue
            }
            numbers[id, default: []].append(Int(number))
        }
        return numbers
    }

    /// Finished reports from a place on, and how many match in all. Newest first; the oldest first when the page lies
    /// `newerThan` its place.
    /// - Parameter bound: how many are counted.
    package func reports(
        _ filter: ReportFilter, _ place: ReportPlace, limit: Int, exactUpTo bound: Int
    ) throws -> (jobs: [Job], total: Total) {
        let statement: SQL =
            switch place {
            case .offset(let offset):
                """
                list_reports(\(filter.arguments), older_than => null, older_serial => null, \
                page_limit => \(bind: limit), page_offset => \(bind: offset))
                """
            case .olderThan(let at, let serial):
                """
                list_reports(\(filter.arguments), older_than => \(bind: at), \
                older_serial => \(bind: serial), page_limit => \(bind: limit), page_offset => 0)
                """
            case .newerThan(let at, let serial):
                """
                list_newer_reports(\(filter.arguments), newer_than => \(bind: at), \
                newer_serial => \(bind: serial), page_limit => \(bind: limit))
                """
            }
        let total = try connection.total(
            counting: "count_reports(\(filter.arguments), at_most => \(bind: bound + 1))", upTo: bound,
            of: """
                list_reports(\(filter.arguments), older_than => null, older_serial => null, page_limit => null, \
                page_offset => 0)
                """)
        return (try listed(statement, "list reports"), total)
    }
}

/// Which of a tenant's jobs the Records API lists; nil does not filter.
package struct RecordFilter: Sendable {
    package var tenant: String
    package var requester: String?
    package var states: [JobState]?
    package var format: String?
    /// RFC 3339; the first instant that counts, and the first that does not any more.
    package var createdFrom: String?
    package var createdBefore: String?
    /// Further conditions on the time of creation in UTC, all of which hold.
    package var parts: [TimePart]

    /// A part of the time of creation that lies between two numbers, both included.
    package struct TimePart: Equatable, Sendable {
        /// A field of PostgreSQL's `date_part`, or `time`: microseconds since midnight.
        package let field: String
        package let low: Int64
        package let high: Int64

        package init(field: String, low: Int64, high: Int64) {
            self.field = field
            self.low = low
            self.high = high
        }
    }

    package init(
        tenant: String, requester: String?, states: [JobState]? = nil, format: String? = nil,
        createdFrom: String? = nil, createdBefore: String? = nil, parts: [TimePart] = []
    ) {
        self.tenant = tenant
        self.requester = requester
        self.states = states
        self.format = format
        self.createdFrom = createdFrom
        self.createdBefore = createdBefore
        self.parts = parts
    }

    /// Whether blocks are counted of it: of a requester, of a format, or of states, in any stretch of time.
    fileprivate var isCounted: Bool {
        let conditions = (requester == nil ? 0 : 1) + (format == nil ? 0 : 1) + (states == nil ? 0 : 1)
        return parts.isEmpty && conditions <= 1
    }

    fileprivate var stateNames: String? { states.map { SQL.arrayText($0.map(\.rawValue)) } }

    fileprivate var arguments: SQL {
        """
        tenant => \(bind: tenant), requester => \(bind: requester), \
        states => \(bind: stateNames), only_format => \(bind: format), \
        created_from => \(bind: createdFrom), created_before => \(bind: createdBefore), \
        fields => \(bind: parts.map(\.field)), lows => \(bind: parts.map { String($0.low) }), \
        highs => \(bind: parts.map { String($0.high) })
        """
    }
}

/// Which of a tenant's finished reports the Reports API lists; nil does not filter.
package struct ReportFilter: Sendable {
    package var tenant: String
    /// RFC 3339; the first instant that counts, and the first that does not any more.
    package var createdFrom: String?
    package var createdBefore: String?
    package var source: Job.Source?
    package var interval: Job.Interval?

    package init(
        tenant: String, createdFrom: String?, createdBefore: String?, source: Job.Source?, interval: Job.Interval?
    ) {
        self.tenant = tenant
        self.createdFrom = createdFrom
        self.createdBefore = createdBefore
        self.source = source
        self.interval = interval
    }

    fileprivate var arguments: SQL {
        """
        tenant => \(bind: tenant), created_from => \(bind: createdFrom), created_before => \(bind: createdBefore), \
        only_source => \(bind: source?.rawValue), only_interval => \(bind: interval?.rawValue)
        """
    }
}

/// Where a page of reports begins. Times are RFC 3339, or as PostgreSQL prints them.
package enum ReportPlace: Equatable, Sendable {
    case offset(Int)
    /// After the report that was requested then.
    case olderThan(at: String, serial: Int64)
    case newerThan(at: String, serial: Int64)
}
