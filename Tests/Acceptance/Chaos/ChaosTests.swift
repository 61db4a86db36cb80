import Glibc
import Support
import Testing

/// Two hosts, killed, stopped, cut off and deprived at random instants. `make chaos` runs it: PENSTOCK_CHAOS_SECONDS,
/// PENSTOCK_CHAOS_SEED, and PENSTOCK_CHAOS_LOG for a file of all changes of jobs.
@Suite(
    .waitsFirst, .enabled(if: environmentValue("PENSTOCK_CHAOS_SECONDS") != nil, "no run is like another: `make chaos`")
)
struct ChaosTests {
    private static let seconds = environmentValue("PENSTOCK_CHAOS_SECONDS").flatMap { Int($0) } ?? 6
    private static let seed = environmentValue("PENSTOCK_CHAOS_SEED").flatMap { UInt64($0) } ?? 11

    @Test(.timeLimit(.minutes(10 + seconds / 60)))
    func `two hosts lose, double and spoil nothing, whatever is killed, stopped, cut off or taken away`() throws {
        let campaign = try ChaosCampaign(seed: Self.seed, rows: Self.seconds < 60 ? 2_000 : 60_000)
        defer { campaign.servers.stop() }
        try campaign.run(ChaosPlan(seconds: Self.seconds, seed: Self.seed))
        let verdict = try ChaosVerdict(campaign, log: environmentValue("PENSTOCK_CHAOS_LOG"))
        print("chaos: \(Self.seconds) s, seed \(Self.seed)\n  " + verdict.lines.joined(separator: "\n  "))
        #expect(verdict.problems.isEmpty, "seed \(Self.seed): \(verdict.problems.prefix(20).joined(separator: "\n"))")
    }
}
