import Testing

@testable import Service

@Suite struct BacklogTests {
    @Test func `elements come out in the order of their coming, however they are taken`() {
        var backlog = Backlog<Int>()
        var (next, expected) = (0, 0)
        for round in 1...200 {
            backlog.append(contentsOf: next..<(next + round % 7))
            next += round % 7
            let taken = min(backlog.count, round % 5)
            #expect(Array(backlog.all.prefix(taken)) == Array(expected..<(expected + taken)))
            backlog.removeFirst(taken)
            expected += taken
            #expect(backlog.count == next - expected && backlog.first == (backlog.isEmpty ? nil : expected))
        }
    }

    @Test func `the first can be replaced after others were taken`() {
        var backlog = Backlog<Int>()
        backlog.append(contentsOf: 0..<10)
        backlog.removeFirst(3)
        backlog.replaceFirst(with: 33)
        #expect(Array(backlog.all) == [33, 4, 5, 6, 7, 8, 9])
    }

    /// Of a hundred thousand, `Array.removeFirst` moves five thousand million elements: half a minute in a debug build.
    @Test(.timeLimit(.minutes(1))) func `taking a hundred thousand one by one moves few`() {
        var backlog = Backlog<Int>()
        backlog.append(contentsOf: 0..<100_000)
        while !backlog.isEmpty { backlog.removeFirst() }
        #expect(backlog.first == nil && backlog.all.isEmpty)
    }
}
