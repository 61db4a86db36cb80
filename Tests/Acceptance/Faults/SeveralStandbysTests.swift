import Glibc
import JSON
import Posix
import Support
import Testing

/// A source of several servers: an export stays on the one that has its snapshot.
@Suite(.waits) struct SeveralStandbysTests {
    @Test func `exports in parts are shared out among standbys, and the parts of each come from one of them`() throws {
        let faults = try FaultStage(
            ["DEMO_ROWS": "20000", "PENSTOCK_WORKERS": "2", "PENSTOCK_PARTS_FROM_ROWS": "1000"], rows: 10)
        let standbys = try ["5433", "5434"].map { try Standby(of: faults.stage, port: $0) }
        let primary = faults.stage["SOURCE_URL"]
        let folder = try #require(primary.firstMatch(of: /[?&]host=([^&]+)/)?.1)
        let both =
            primary.replacing("host=\(folder)", with: "host=\(folder),\(folder)")
            + "&port=5433,5434&target_session_attrs=standby&load_balance_hosts=random"
        kill(faults.supervisor, SIGTERM)
        try #require(eventually { Process.state(faults.supervisor) == "Z" })
        try faults.serve(["PENSTOCK_SOURCE_URL": both])
        try faults.waitUntilServing()

        // How many sessions a server has seen, of which each look is one.
        func sessions(_ standby: Standby) throws -> Int {
            let count = "select sessions from pg_stat_database where datname = current_database()"
            return Int(
                try Shell.run(["psql", "-X", "-At", "-d", standby.url(primary), "-c", count]).text.filter(\.isNumber))
                ?? 0
        }
        let before = try standbys.map(sessions)
        var sums: Set<String> = []
        var areAllUsed = false
        for number in 1...40 where number <= 6 || !areAllUsed {
            let id = try faults.client.create(PartFilesTests.request("csv"))["id"]?.string ?? ""
            let job = try faults.client.job(id, reaching: "ready", within: 60)
            #expect(try faults.row(id).attempts == 1)
            #expect((job["metadata"]?["parts"]?.int ?? 0) > 1)
            sums.insert(job["metadata"]?["sha256"]?.string ?? "")
            areAllUsed = try zip(standbys, before).allSatisfy { try sessions($0) > $1 + number }
        }
        #expect(areAllUsed && sums.count == 1)
        withExtendedLifetime(standbys) {}
    }
}
