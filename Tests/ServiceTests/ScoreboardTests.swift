import Testing

@testable import Service

/// How many responders may be held up at once.
struct ScoreboardTests {
    @Test func `half of the responders make previews, and a quarter is always there for others`() throws {
        let board = try Scoreboard(seats: 64, responders: 8)
        #expect((0..<5).map { board.enter(.preview, seat: $0) } == [true, true, true, true, false])
        #expect((5..<8).map { board.enter(.wait, seat: $0) } == [true, true, false])
        board.leave(seat: 0)
        #expect(board.enter(.preview, seat: 4) && !board.enter(.wait, seat: 7))
        for seat in 1..<8 { board.leave(seat: seat) }
        #expect((0..<5).map { board.enter(.wait, seat: $0) } == [true, true, true, true, false])
        #expect((5..<8).map { board.enter(.preview, seat: $0) } == [true, true, false])
    }

    @Test func `a service of one responder makes previews one by one, and nobody waits there`() throws {
        let board = try Scoreboard(seats: 8, responders: 1)
        #expect(board.enter(.preview, seat: 0) && !board.enter(.preview, seat: 1))
        board.leave(seat: 0)
        #expect(!board.enter(.wait, seat: 0))
    }
}
