import Glibc
import JSON
import Posix
import Support
import Testing
import Time

/// A month in which time is the test's: two services on one database, a thousand schedules, and schedulers that are
/// killed whenever it pleases.
@Suite(.waits) struct ScheduleMonthTests {
    private static let zones = [
        "UTC", "Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu",
        "America/St_Johns", "Africa/Casablanca", "America/Santiago", "Pacific/Kiritimati",
    ]
    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// When, as members of a schedule's body.
    private static func timing(_ number: Int, _ random: inout some RandomNumberGenerator) -> [(String, JSON)] {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        // Many in the hours in which clocks change.
        let hour = number % 3 == 0 ? Int.random(in: 0...3, using: &random) : Int.random(in: 0...23, using: &random)
        var members: [(String, JSON)] = [
            ("time", .string("\(two(hour)):\(two(.random(in: 0...59, using: &random)))")),
            ("timezone", .string(zones[number % zones.count])), ("name", .string("Schedule \(number)")),
        ]
        let day = Int.random(in: 1...31, using: &random)
        switch number % 20 {
        case 0, 1: members.append(("interval", "daily"))
        case 2...8:
            members += [("interval", "weekly"), ("weekday", .string(weekdays.randomElement(using: &random) ?? ""))]
        case 9...17: members += [("interval", "monthly"), ("dayOfMonth", number % 2 == 0 ? "last" : .int(day))]
        default:
            members += [
                ("interval", "yearly"), ("month", .int(Int.random(in: 10...11, using: &random))),
                ("dayOfMonth", .int(day)),
            ]
        }
        return members
    }

    /// Moves the clock, and waits in the database until nothing is due any more.
    private func pass(_ stage: Stage, to instant: Int64, killing: () -> Void) throws {
        try stage.psql(
            "update test_clock set at = to_timestamp(\(instant)); notify penstock_schedules;", on: .jobsOwner)
        killing()
        try stage.psql(
            """
            do $$ declare deadline timestamptz := clock_timestamp() + interval '30 s'; begin
                while exists (select from report_export_schedules where fire_at <= schedule_clock()) loop
                    if clock_timestamp() > deadline then raise 'schedules stay due'; end if;
                    perform pg_sleep(0.005);
                end loop;
            end $$;
            """, on: .jobsOwner)
    }

    @Test func `two services make exactly one job for each due time of a thousand schedules, whoever is killed`() throws
    {
        let stage = try Stage(["PENSTOCK_TENANT_QUEUED": "100000", "DEMO_ROWS": "2000"])
        defer { stage.stop() }
        let begin = Int64(CivilDate("2026-10-03")!.daysSinceEpoch) * 86_400 + 1_800
        let end = begin + 31 * 86_400
        try stage.psql(
            """
            create table test_clock as select to_timestamp(\(begin)) as at;
            grant select on test_clock to penstock;
            create or replace function schedule_clock() returns timestamptz language sql volatile as 'select at from test_clock';
            -- The jobs are counted, not run.
            create function hold_job() returns trigger language plpgsql as 'begin new.run_after := ''infinity''; return new; end';
            create trigger hold before insert on report_export_jobs for each row execute function hold_job();
            """, on: .jobsOwner)

        // A second service beside the stage's own, with its schedulers only.
        let input = try FileDescriptor.open("/dev/null", O_RDWR)
        let log = try FileDescriptor.open("\(stage.state)/second.log", O_WRONLY | O_CREAT, mode: 0o600)
        let second = try Launched(
            [TestRun.program, "serve", "--role", "scheduler"],
            environment: plainEnvironment().merging(stage.settings) { $1 },
            descriptors: (input.raw, log.raw, log.raw))
        defer {
            kill(second.pid, SIGINT)
            _ = second.wait(within: 20)
        }
        #expect(eventually { Process.named("scheduler", under: second.pid).count == 1 })

        var random = SystemRandomNumberGenerator()
        let bodies = (0..<1000).map { ScheduleTests.body(Self.timing($0, &random)) }
        var schedules: [JSON] = []
        for start in stride(from: 0, to: bodies.count, by: 8) {
            let exchanges = try bodies[start..<min(start + 8, bodies.count)].map {
                try stage.client.begin(
                    "POST", "/report/schedules", [("Content-Type", "application/json")], body: $0.serialized)
            }
            for exchange in exchanges {
                let reply = try exchange.reply()
                guard let data = try reply.json["data"], reply.status == 201 else {
                    throw Unmet("create answered \(reply.status): \(reply.text)")
                }
                schedules.append(data)
            }
        }
        let full = try stage.client.post("/report/schedules", ScheduleTests.body())
        #expect(try full.status == 429 && full.json["message"] == "quota_exceeded")
        #expect(full["RateLimit-Policy"] == "\"schedules\";q=1000")

        var kills = 0
        for (step, instant) in stride(from: begin, through: end, by: 8 * 3_600).enumerated() {
            try pass(stage, to: instant) {
                guard step % 3 == 2 else { return }
                usleep(.random(in: 0...20_000, using: &random))
                let supervisor = Bool.random(using: &random) ? stage.pid : second.pid
                for pid in Process.named("scheduler", under: supervisor) {
                    kill(pid, SIGKILL)
                    kills += 1
                }
            }
        }
        #expect(kills > 20)

        let lines = schedules.map { schedule in
            var object = schedule.object ?? JSON.Object()
            object["after"] = .int(begin)
            object["until"] = .int(end)
            return JSON.object(object).text
        }
        let expected = try Shell.output(
            ["python3", "\(TestRun.source)/Tests/Readers/due_times.py"],
            input: Array((lines.joined(separator: "\n") + "\n").utf8))
        let wanted = String(decoding: expected, as: UTF8.self).split(separator: "\n").map(String.init).sorted()
        let made = try stage.rows(
            "select schedule_id || ' ' || extract(epoch from schedule_due_at)::bigint from report_export_jobs"
        ).compactMap { $0[0] }.sorted()
        #expect(wanted.count > 2500)
        #expect(made == wanted, "\(Set(made).symmetricDifference(wanted).prefix(10))")
        #expect(Set(made).count == made.count)
        // Both services have taken part.
        let seconds = String(decoding: try File.bytes(at: "\(stage.state)/second.log"), as: UTF8.self)
        let fired = seconds.split(separator: "\n").count { $0.contains("schedule fired") }
        #expect(fired > 100 && fired < made.count - 100, "\(fired) of \(made.count)")
    }
}
