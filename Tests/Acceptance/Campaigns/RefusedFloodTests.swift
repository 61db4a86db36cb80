import Glibc
import JSON
import Posix
import Support
import Testing

/// As many refused attempts as this machine can make, from one address. `make recovery`.
@Suite(
    .serialized, .waitsFirst,
    .enabled(
        if: environmentValue("PENSTOCK_RECOVERY") != nil && ProgramRun.find("wrk") != nil,
        "a measurement of a minute, with wrk: `make recovery`"))
struct RefusedFloodTests {
    private static let seconds = 60

    @Test func `sixty seconds of refused attempts leave a hundred rows, and a good download half of its speed`() throws
    {
        // With the limits for an address that nginx is shipped with.
        let stage = try Stage([
            "PENSTOCK_RATE_PER_MINUTE": "600", "PENSTOCK_REFUSALS_PER_MINUTE": "60", "STAGE_LIMITS": "shipped",
        ])
        defer { stage.stop() }
        let id = try stage.client.create(EventsTests.small)["id"]?.string ?? ""
        _ = try stage.client.job(id, reaching: "ready")
        let link = try stage.client.link(id)
        /// Microseconds of a download by somebody at another address.
        func download() throws -> Int64 {
            let told = try Shell.output([
                "curl", "-sS", "--interface", "127.0.0.9", "-o", "/dev/null", "-w", "%{http_code} %{time_total}",
                "http://127.0.0.1:\(stage.port)\(link)",
            ])
            let words = String(decoding: told, as: UTF8.self).split(separator: " ")
            guard words.first == "200", let seconds = words.last.flatMap({ Double($0) }) else {
                throw Unmet("a good download was refused: \(words)")
            }
            return Int64(seconds * 1_000_000)
        }
        let usual = try (0..<41).map { _ in try download() }.sorted()
        let rows = "select count(*) from report_download_audit"
        let before = Int(try stage.value(rows) ?? "") ?? 0

        let output = "\(stage.state)/wrk"
        let file = try FileDescriptor.open(output, O_RDWR | O_CREAT, mode: 0o600)
        let null = try FileDescriptor.open("/dev/null", O_RDWR)
        let bad = link.replacing("expires=1", with: "expires=2")
        let flood = try Launched(
            ["wrk", "-t1", "-c16", "-d\(Self.seconds)s", "http://127.0.0.1:\(stage.port)\(bad)"],
            environment: plainEnvironment(), descriptors: (null.raw, file.raw, file.raw))
        var during: [Int64] = []
        var how: ChildExit.How?
        while how == nil {
            during.append(try download())
            usleep(500_000)
            how = flood.ended()
        }
        during.sort()
        let added = (Int(try stage.value(rows) ?? "") ?? 0) - before - during.count
        let words = String(decoding: try File.bytes(at: output), as: UTF8.self)
        let rate = words.split(separator: "\n").filter { $0.contains("Requests/sec") || $0.contains("Non-2xx") }
        print(
            "\(rate.joined(separator: ", ")); a good download: \(usual[20]) us before, \(during[during.count / 2]) us during "
                + "(\(during.count) of them); \(added) rows of refused attempts")
        #expect(added <= 100)
        #expect(during[during.count / 2] <= 2 * usual[20])
    }
}
