import Glibc
import Posix
import Support
import Testing

/// A worker that waits for its export with a connection to the source (SPARE_SECONDS).
@Suite(.waits) struct SpareWorkerTests {
    /// The session of the one that waits.
    private static let session =
        "select pid from pg_stat_activity where application_name = 'penstock spare' and state = 'idle'"

    private static func waiting(_ faults: FaultStage) throws -> String? {
        try faults.stage.rows(session, on: .sourceOwner).first?.first ?? nil
    }

    private static func spare(_ faults: FaultStage, other than: String? = nil) throws -> String {
        var found: String?
        try #require(
            try eventually {
                found = try waiting(faults)
                return found != nil && found != than
            })
        return try #require(found)
    }

    @Test func `exports are made by workers that waited, each by its own, and nothing is lost when one cannot`() throws
    {
        let faults = try FaultStage(["PENSTOCK_SPARE_SECONDS": "600", "PENSTOCK_WORKERS": "1"], rows: 100)
        // No one waits where there was no export.
        #expect(try Self.waiting(faults) == nil)
        func export() throws {
            let id = try faults.create()
            _ = try faults.client.job(id, reaching: "ready", within: 60)
            #expect(try faults.row(id).attempts == 1)
        }
        try export()
        let first = try Self.spare(faults)
        let dispatcher = try faults.dispatcher()
        let waiting = try #require(Process.named("spare", under: dispatcher).first)
        try export()
        // The one that waited has worked, and is gone like any other; another one waits.
        let second = try Self.spare(faults, other: first)
        #expect(eventually { Process.state(waiting) == nil })
        #expect(
            try faults.stage.value("select count(*) from pg_stat_activity where pid = \(first)", on: .sourceOwner)
                == "0")

        // The server ends its session: it waits on, and connects again for its export.
        _ = try faults.stage.value("select pg_terminate_backend(\(second))", on: .sourceOwner)
        try #require(try eventually { try Self.waiting(faults) == nil })
        try export()

        // It is killed while it waits: the export has a worker of its own.
        _ = try Self.spare(faults)
        for pid in Process.named("spare", under: dispatcher) { kill(pid, SIGKILL) }
        try #require(eventually { Process.named("spare", under: dispatcher).isEmpty })
        try export()

        // It ends with the service.
        _ = try Self.spare(faults)
        kill(faults.supervisor, SIGTERM)
        #expect(try eventually { try Self.waiting(faults) == nil })
        #expect(eventually { Process.state(faults.supervisor) == "Z" })
    }
}
