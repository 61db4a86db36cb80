import Glibc
import JSON
import Posix
import Support
import Testing

/// A client that comes back after it has missed more than its connection, or the memory of the process, has room for.
@Suite(.waits) struct MissedEventsTests {
    /// More than any page, most of it with requests of a megabyte: read as they are, these alone would take 200 MB.
    private static func miss(_ stage: Stage) throws -> (after: Int64, jobs: Int) {
        let after = Int64(try stage.value("select coalesce(max(change_number), 0) from report_export_jobs") ?? "") ?? 0
        for (count, length) in [(200, 1_000_000), (1_100, 10)] {
            try stage.psql(
                """
                insert into report_export_jobs (id, tenant_id, module, catalog, category, format, language, requested_by,
                    request, request_hash, state, completed_at)
                select gen_random_uuid(), '\(stage.tenant)', 'm', 'c', 'c', 'csv', 'en', 'u',
                    jsonb_build_object('note', repeat('x', \(length))), sha256(''), 'cancelled', clock_timestamp()
                from generate_series(1, \(count))
                """, on: .jobsOwner)
        }
        return (after, 1_300)
    }

    /// Kilobytes that the process of the streams has had resident at most.
    private static func peak(_ stage: Stage) throws -> Int {
        let pid = try #require(stage.children(named: "events").first)
        let text = String(decoding: try FileDescriptor.open("/proc/\(pid)/status", O_RDONLY).readAll(), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return try #require(line?.split(separator: " ").dropLast().last.flatMap { Int($0) })
    }

    @Test func `each change is told once however many were missed, and other tenants' events come meanwhile`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let other = try EventListener(stage.client(.bearer(stage["OTHER_TOKEN"])))
        #expect(try other.hears("retry: ") && other.hears("id: "))
        let (after, jobs) = try Self.miss(stage)
        // These two read nothing for now, and the third takes up where they were.
        let mine = try (0..<3).map { _ in try EventListener(stage.client, [("Last-Event-ID", "\(after)")]) }
        let id = try stage.client(.bearer(stage["OTHER_TOKEN"])).create(EventsTests.small)["id"]?.string ?? ""
        #expect(try other.hears("\"id\":\"\(id)\""))
        let last = try stage.client.create(EventsTests.small)["id"]?.string ?? ""
        for listener in mine {
            #expect(try listener.hears("\"id\":\"\(last)\""))
            let numbers = listener.events.filter { $0.name == "job" && $0.job["module"]?.string == "m" }.compactMap(
                \.id)
            #expect(numbers.count == jobs && zip(numbers, numbers.dropFirst()).allSatisfy(<))
        }
        #expect(try Self.peak(stage) < 64 << 10)
        #expect(try stage.log.count(of: "stream lost") == 0)
    }
}
