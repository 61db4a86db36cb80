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

    @Test func `half of the responders compare passwords, whatever holds the others up`() throws {
        let board = try Scoreboard(seats: 64, responders: 8)
        for seat in 0..<4 { #expect(board.enter(.preview, seat: seat)) }
        for seat in 4..<6 { #expect(board.enter(.wait, seat: seat)) }
        #expect((6..<11).map { board.enter(.password, seat: $0) } == [true, true, true, true, false])
        // They are over soon, and take no place of what lasts.
        board.leave(seat: 0)
        #expect(board.enter(.preview, seat: 0))
        board.leave(seat: 6)
        #expect(board.enter(.password, seat: 11))
        let small = try Scoreboard(seats: 8, responders: 1)
        #expect(small.enter(.password, seat: 0) && !small.enter(.password, seat: 1))
    }

    @Test func `a service of one responder makes previews one by one, and nobody waits there`() throws {
        let board = try Scoreboard(seats: 8, responders: 1)
        #expect(board.enter(.preview, seat: 0) && !board.enter(.preview, seat: 1))
        board.leave(seat: 0)
        #expect(!board.enter(.wait, seat: 0))
    }
}
