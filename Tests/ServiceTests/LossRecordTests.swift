import Posix
import Testing

@testable import Service

@Suite struct LossRecordTests {
    private let jobs = (0..<200).map { _ in UUID.version7() }

    @Test func `a file is lost when two sweeps in a row miss it`() {
        var record = LossRecord<UUID>(mostPercent: 3)
        #expect(record.judge([jobs[0], jobs[1]], of: 100) == .believed([]))
        #expect(record.judge([jobs[1], jobs[2]], of: 100) == .believed([jobs[1]]))
        #expect(record.judge([], of: 100) == .believed([]))
        #expect(record.judge([jobs[2]], of: 100) == .believed([]))
    }

    @Test func `many at once are not believed, however often`() {
        var record = LossRecord<UUID>(mostPercent: 3)
        for _ in 0..<3 { #expect(record.judge(Set(jobs[..<4]), of: 100) == .tooMany) }
        // The rest of them is, when the others are back.
        #expect(record.judge(Set(jobs[..<3]), of: 100) == .believed(Set(jobs[..<3])))
        for _ in 0..<2 { #expect(record.judge(Set(jobs), of: 200) == .tooMany) }
    }

    @Test func `a few may be missing of few, and as many as the operator says`() {
        var record = LossRecord<UUID>(mostPercent: 0)
        _ = record.judge(Set(jobs[..<3]), of: 3)
        #expect(record.judge(Set(jobs[..<3]), of: 3) == .believed(Set(jobs[..<3])))
        var all = LossRecord<UUID>(mostPercent: 100)
        _ = all.judge(Set(jobs), of: 200)
        #expect(all.judge(Set(jobs), of: 200) == .believed(Set(jobs)))
    }
}
