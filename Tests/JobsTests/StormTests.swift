import Glibc
import Posix
import Support
import Testing

/// Four sessions call the queue at random and some are ended in the middle, while what must hold is looked at from
/// outside: `Tests/Isolation/storm.sql`. `PENSTOCK_STORM_SECONDS=600` makes it long.
@Suite(.waits) struct StormTests {
    private static let seconds = getenv("PENSTOCK_STORM_SECONDS").flatMap { Int(String(cString: $0)) } ?? 3
    private static let tenantLimit = 3
    private let database: TemplateDatabase

    init() throws {
        database = try TemplateDatabase(.jobs)
        try database.psql("set role penstock; \\i \(TestRun.source)/Tests/Isolation/storm.sql")
    }

    @Test func `whatever is called at once and dies in the middle, counts are exact, limits kept, claims single`()
        throws
    {
        let problems = try storm(for: Self.seconds)
        #expect(problems == [])
        let calls = try #require(Int(try database.psql("select count(*) from storm_done").dropLast()))
        #expect(calls >= 4 * Self.seconds)
    }

    /// The rules are such that a claim without its lock is noticed.
    @Test func `a claim that locks no tenant breaks a rule`() throws {
        let body = try #require(try database.rows("select pg_get_functiondef('claim_jobs'::regproc)").first?.first)
        let weaker = try #require(body).replacing(
            "if pg_try_advisory_xact_lock(lock_number('changes'), hashtext(candidate.tenant_id)) then",
            with: "if true then")
        #expect(weaker != body)
        try database.psql("\(weaker);")
        #expect(try eventually(within: 120) { try !storm(for: 3).isEmpty })
    }

    /// - Returns: what did not hold, each once.
    private func storm(for seconds: Int) throws -> Set<String> {
        let null = try FileDescriptor.open("/dev/null", O_RDWR)
        let end = Clock.monotonicMilliseconds + Int64(seconds) * 1000
        func session() throws -> Launched {
            let left = max(0, end - Clock.monotonicMilliseconds)
            return try Launched(
                [
                    "psql", "-XAtq", "-d", database.url, "-c",
                    "call storm(\(left)::float / 1000, 8, \(Self.tenantLimit))",
                ],
                environment: plainEnvironment().merging(["PGAPPNAME": "storm"]) { $1 },
                descriptors: (null.raw, null.raw, null.raw))
        }
        var sessions = try (0..<4).map { _ in try session() }
        var problems: Set<String> = []
        // A session that was ended begins anew, as a process does that was killed.
        while Clock.monotonicMilliseconds < end {
            problems.formUnion(try values("select * from storm_look(\(Self.tenantLimit))"))
            try database.psql(
                """
                select pg_terminate_backend(pid) from (
                    select pid from pg_stat_activity where application_name = 'storm' and datname = current_database()
                    order by random() limit 1) one
                """)
            for index in sessions.indices where sessions[index].ended() != nil { sessions[index] = try session() }
        }
        for session in sessions { _ = session.wait(within: 60) }
        try database.psql("call storm_drain(\(Self.tenantLimit))")
        return problems.union(try values("select * from storm_verdict()"))
    }

    private func values(_ sql: String) throws -> [String] { try database.rows(sql).compactMap { $0.first ?? nil } }
}
