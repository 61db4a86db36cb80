import Glibc
import JSON
import Posix
import Support
import Testing

/// A host that is told to take no more exports (`penstock hosts drain`).
@Suite(.waits) struct DrainTests {
    /// The states of the stage's own dispatchers that live.
    private static func states(_ faults: FaultStage) throws -> [String] {
        let hosts = try JSON.parse(faults.stage.penstock("hosts", "--json").output, limits: .stored).array ?? []
        return hosts.compactMap { $0["state"]?.string }.filter { $0 != "ended" && $0 != "lost" }
    }

    @Test func `a host that drains finishes what it has, takes nothing more over restarts, and goes on when told`()
        throws
    {
        let faults = try FaultStage(["PENSTOCK_WORKERS": "2"], rows: 10)
        try faults.define(rows: 10, sleeping: 2)
        let running = try faults.create()
        try #require(try eventually { try faults.row(running).state == "processing" })
        let host = Host.name
        let drained = try faults.stage.penstock("hosts", "drain", host, "--wait")
        #expect(drained.status == 0, "\(drained.errorText)")
        #expect(try faults.row(running).state == "ready")
        #expect(try Self.states(faults) == ["drained"])
        let waiting = try faults.create()
        // A dispatcher that starts takes nothing either, although it looks for jobs first of all.
        let old = try faults.dispatcher()
        kill(old, SIGKILL)
        try #require(try eventually { try faults.dispatcher() != old && Self.states(faults) == ["drained"] })
        #expect(try faults.row(waiting).state == "pending")
        #expect(try faults.stage.penstock("hosts", "drain", host).status == 0)

        #expect(try faults.stage.penstock("hosts", "resume", host).status == 0)
        _ = try faults.client.job(waiting, reaching: "ready", within: 60)
        #expect(try Self.states(faults) == ["alive"])
        #expect(try faults.row(waiting).attempts == 1)
        #expect(try faults.stage.penstock("hosts", "resume", host).status == 66)
        let unknown = try faults.stage.penstock("hosts", "drain", "nobody")
        #expect(unknown.status == 66 && unknown.errorText.contains(host), "\(unknown.errorText)")
        faults.expectInvariants()
    }
}
