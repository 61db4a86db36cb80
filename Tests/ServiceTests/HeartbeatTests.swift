import Glibc
import Posix
import Testing

@testable import Service

@Suite struct HeartbeatTests {
    /// Looks every five seconds, as the supervisor does.
    /// - Returns: the times at which the processes in the board's seats were found to hang.
    private static func looks(
        _ watch: inout SilenceWatch, _ board: Scoreboard, from start: Int64, through end: Int64
    ) -> [Int64] {
        var found: [Int64] = []
        for now in stride(from: start, through: end, by: 5_000) where !board.silent(&watch, at: now).isEmpty {
            found.append(now)
        }
        return found
    }

    private static func board() throws -> (board: Scoreboard, seat: Int, now: Int64) {
        let board = try Scoreboard(seats: 2)
        let seat = try #require(board.freeSeat())
        board.take(seat: seat, pid: 100)
        return (board, seat, Clock.monotonicMilliseconds)
    }

    @Test func `a process that gives no sign of life is found once, when its time is over`() throws {
        let (board, _, now) = try Self.board()
        var watch = SilenceWatch(limit: 60_000)
        let found = Self.looks(&watch, board, from: now, through: now + 200_000)
        #expect(found.count == 1 && (now + 60_000...now + 65_000).contains(found.first ?? 0))
    }

    @Test func `what was announced may take longer, by as much as was announced`() throws {
        let (board, seat, now) = try Self.board()
        var watch = SilenceWatch(limit: 60_000)
        let heartbeat = Heartbeat(board, seat: seat, limit: 60_000)
        let found = heartbeat.allowing(Heartbeat.connectMilliseconds) {
            Self.looks(&watch, board, from: now, through: now + 300_000)
        }
        #expect(found.count == 1 && (now + 180_000...now + 186_000).contains(found.first ?? 0))
        // When it is over the usual limit holds again.
        heartbeat.beat()
        let again = Self.looks(&watch, board, from: now + 305_000, through: now + 305_000)
        #expect(again == [now + 305_000])
    }

    @Test func `a responder is judged by its request while it has one`() throws {
        let (board, seat, now) = try Self.board()
        var watch = SilenceWatch(limit: 60_000)
        board.setBusy(true, seat: seat)
        let busy = Self.looks(&watch, board, from: now, through: now + 300_000)
        #expect(busy.isEmpty)
        #expect(board.stuck(for: 299_000, at: now + 300_000).map(\.pid) == [100])
    }

    @Test func `the end of a long request is a sign of life`() throws {
        let (board, seat, now) = try Self.board()
        var watch = SilenceWatch(limit: 60_000)
        board.setBusy(true, seat: seat)
        board.setBusy(false, seat: seat)
        let soon = board.silent(&watch, at: now + 59_000)
        #expect(soon.isEmpty)
    }

    @Test func `after the host has stood still nobody is found to hang before a whole limit has passed again`() throws {
        let (board, _, now) = try Self.board()
        var watch = SilenceWatch(limit: 60_000)
        let before = Self.looks(&watch, board, from: now, through: now + 10_000)
        let hour = now + 3_600_000
        let after = Self.looks(&watch, board, from: hour, through: hour + 55_000)
        let later = Self.looks(&watch, board, from: hour + 60_000, through: hour + 100_000)
        #expect(before.isEmpty && after.isEmpty && later == [hour + 65_000])
    }

    @Test func `a clock that goes back finds nobody`() throws {
        let (board, _, now) = try Self.board()
        var watch = SilenceWatch(limit: 60_000)
        let found = board.silent(&watch, at: now) + board.silent(&watch, at: now - 1_000_000)
        #expect(found.isEmpty)
    }

    @Test func `a seat that was left and taken anew has its whole time`() throws {
        let (board, _, now) = try Self.board()
        var watch = SilenceWatch(limit: 60_000)
        let found = Self.looks(&watch, board, from: now, through: now + 70_000)
        board.leave(pid: 100)
        let empty = Self.looks(&watch, board, from: now + 75_000, through: now + 200_000)
        let seat = try #require(board.freeSeat())
        board.take(seat: seat, pid: 101)
        let fresh = board.silent(&watch, at: Clock.monotonicMilliseconds + 59_000)
        #expect(found.count == 1 && empty.isEmpty && fresh.isEmpty)
    }
}
