import Glibc
import JSON
import Posix
import Support
import Testing

/// Parts killed at random instants: the file is the same. PENSTOCK_KILLS says how many are killed for each format
/// (`make kills` for two hundred).
@Suite(.serialized, .waitsFirst) struct PartKillTests {
    private static let kills = environmentInteger("PENSTOCK_KILLS") ?? 6
    private static let killsPerJob = 3

    @Test(arguments: ["csv", "csv.gz", "xlsx"])
    func `parts killed at random instants leave the file as it is undisturbed`(format: String) throws {
        let stage = try Stage([
            "PENSTOCK_WORKERS": "3", "PENSTOCK_TENANT_RUNNING": "1", "PENSTOCK_PART_FILE_SECONDS": "0",
            "DEMO_ROWS": "60000", "PENSTOCK_PARTS_FROM_ROWS": "20000",
        ])
        defer { stage.stop() }
        let started = Clock.monotonicMicroseconds
        let whole = try stage.client.export(PartFilesTests.request(format))
        // Longer than a run by itself: a kill that comes too late finds nothing and is another's turn.
        let span = Clock.monotonicMicroseconds - started
        #expect((whole.job["metadata"]?["parts"]?.int ?? 0) > 1)
        var random = SystemRandomNumberGenerator()
        var killed = 0
        var jobs = 0
        while killed < Self.kills {
            let id = try stage.client.create(PartFilesTests.request(format))["id"]?.string ?? ""
            jobs += 1
            let began = Clock.monotonicMicroseconds
            var instants = (0..<Self.killsPerJob).map { _ in Int64.random(in: 0...span, using: &random) }.sorted()
            var isOver = false
            _ = try eventually(within: 60) {
                if let next = instants.first, Clock.monotonicMicroseconds - began >= next {
                    instants.removeFirst()
                    if let part = PartFilesTests.conductor(stage).map({ stage.children(named: "part", of: $0) })?
                        .randomElement(using: &random), kill(part, SIGKILL) == 0
                    {
                        killed += 1
                    }
                }
                isOver = try instants.isEmpty || stage.client.job(id)["status"] == "ready"
                return isOver
            }
            let job = try stage.client.job(id, reaching: "ready")
            #expect(job["metadata"]?["sha256"] == whole.job["metadata"]?["sha256"], "after \(killed) kills")
            #expect(job["rowCount"] == whole.job["rowCount"])
        }
        print("\(format): \(killed) parts killed over \(jobs) exports, all files the same")
        // Only a part that is killed three times over takes its job's attempt with it.
        #expect(try stage.value("select count(*) from report_export_jobs where attempts > 2") == "0")
        #expect(try stage.value("select count(*) from report_export_jobs where state <> 'ready'") == "0")
    }
}

private func environmentInteger(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
