import Generation
import Jobs
import Testing

@testable import Service

@Suite struct SettlementTests {
    /// What becomes of an attempt that failed so, and after how many milliseconds.
    private static func failed(
        _ recovery: ExportFailure.Recovery, attempts: Int = 1, waits: Int = 0, interruptions: Int = 0
    ) throws -> (name: String, pause: Int64?) {
        let claim = try Claim.sample(attempts: attempts, waits: waits, interruptions: interruptions)
        let settlement = Settlement.failed(claim, ExportFailure("x", "X", recovery))
        return (String("\(settlement)".prefix { $0 != "(" }), settlement.repeatsAfterMilliseconds)
    }

    @Test func `a failure that no other attempt would do better at ends the job`() throws {
        let ended = try Self.failed(.none)
        #expect(ended.name == "fail" && ended.pause == nil)
    }

    @Test(arguments: [(1, 0, 0), (2, 1_500, 2_500), (3, 3_000, 5_000), (9, 90_000, 150_000), (99, 90_000, 150_000)])
    func `the first repetition comes at once, the next later and later, at most two minutes`(
        attempts: Int, least: Int64, most: Int64
    ) throws {
        let repeated = try Self.failed(.retry, attempts: attempts)
        #expect(repeated.name == "retry")
        #expect((least...most).contains(try #require(repeated.pause)))
    }

    @Test(arguments: [(0, 750, 1_250), (4, 12_000, 20_000), (1_000, 90_000, 150_000)])
    func `a job whose source is away waits, however often, and no attempt counts`(
        waits: Int, least: Int64, most: Int64
    ) throws {
        let waiting = try Self.failed(.wait, attempts: 5, waits: waits)
        #expect(waiting.name == "wait")
        #expect((least...most).contains(try #require(waiting.pause)))
    }

    @Test func `an interrupted job goes on without a count until it was interrupted too often`() throws {
        #expect(try Self.failed(.resume, interruptions: Settlement.mostInterruptions - 1).name == "wait")
        #expect(try Self.failed(.resume, interruptions: Settlement.mostInterruptions).name == "retry")
    }

    @Test func `a settlement that is refused ends in silence after two steps, and a part's at once`() throws {
        let claim = try Claim.sample()
        var settlement: Settlement? = .release(claim)
        var names: [String] = []
        for _ in 0..<3 {
            settlement = settlement?.afterRefusal
            names.append(settlement.map { String("\($0)".prefix { $0 != "(" }) } ?? "-")
        }
        #expect(names == ["fail", "abandon", "abandon"])
        #expect(Settlement.part(claim, .started(1)).afterRefusal == nil)
    }
}
