import Catalog
import Formats
import Testing

@testable import Generation

@Suite struct PartTableTests {
    private func table(_ count: Int, needsRowNumbers: Bool = false) -> PartTable {
        let bounds = (1..<count).map { "\($0)0" }
        return PartTable(PartPlan(bounds: bounds)?.ranges ?? [], needsRowNumbers: needsRowNumbers)
    }

    private func firsts(_ table: PartTable) -> [Bool] { (0..<table.count).map { table.isFirst($0) } }

    private func result(_ rows: Int64) -> PartWorker.Result { PartWorker.Result(rows: rows, tally: FileTally()) }

    private func failure(_ recovery: ExportFailure.Recovery) -> ExportFailure {
        ExportFailure("source_error", "The source failed", recovery)
    }

    @Test func `begins parts in their order, as many as may run`() {
        var table = table(3)
        #expect(table.next(workers: 2, isKeeperFree: true, at: 0) == .worker(0))
        #expect(table.next(workers: 2, isKeeperFree: true, at: 0) == .worker(1))
        #expect(table.next(workers: 2, isKeeperFree: true, at: 0) == nil)
        #expect(table.ended(1, .success(result(5)), at: 9) == .ready)
        #expect(table.next(workers: 2, isKeeperFree: true, at: 9) == .worker(2))
        #expect(table.result(of: 1) == result(5) && table.results == [result(5)])
    }

    @Test func `one part may begin when the host has no process to spare`() {
        var table = table(2)
        #expect(table.next(workers: 0, isKeeperFree: true, at: 0) == .worker(0))
        #expect(table.next(workers: 0, isKeeperFree: true, at: 0) == nil)
    }

    @Test func `a part whose rows have numbers waits for its count`() {
        var table = table(2, needsRowNumbers: true)
        #expect(table.next(workers: 9, isKeeperFree: true, at: 0) == nil)
        table.counts = [7]
        #expect(table.next(workers: 9, isKeeperFree: true, at: 0) == .worker(0))
        #expect(table.next(workers: 9, isKeeperFree: true, at: 0) == nil)
        #expect(table.countedRows == nil)
        table.counts = [7, 4]
        #expect(table.next(workers: 9, isKeeperFree: true, at: 0) == .worker(1))
        #expect(table.rows(of: 0) == 0..<7 && table.rows(of: 1) == 7..<11 && table.countedRows == 11)
    }

    @Test func `the part with row 0 brings the beginning, and the last one when there are no rows`() {
        var table = table(3, needsRowNumbers: true)
        table.counts = [0, 2, 0]
        #expect(firsts(table) == [false, true, false])
        table.counts = [0, 0, 0]
        #expect(firsts(table) == [false, false, true])
        #expect(firsts(self.table(3)) == [true, false, false])
    }

    @Test func `a part is made three times, and then the export fails`() {
        for recovery in [ExportFailure.Recovery.retry, .resume] {
            var table = table(2)
            _ = table.next(workers: 1, isKeeperFree: true, at: 0)
            let failure = failure(recovery)
            for attempt in 1...3 {
                let isFirst = table.began(0)
                #expect(isFirst == (attempt == 1), "it is announced once")
                let verdict = table.ended(0, .failure(failure), at: 0)
                #expect(verdict == (attempt < 3 ? .again : .failsAfterAll(failure)))
            }
        }
    }

    @Test func `a part that the source has interrupted in between has not used its attempts up by itself`() {
        var table = table(2)
        _ = table.next(workers: 1, isKeeperFree: true, at: 0)
        var verdict = PartTable.Verdict.ready
        for recovery in [ExportFailure.Recovery.retry, .resume, .retry] {
            _ = table.began(0)
            verdict = table.ended(0, .failure(failure(recovery)), at: 0)
        }
        #expect(verdict == .failsAfterAll(failure(.resume)))
    }

    @Test func `a failure that no other attempt would change is the export's`() {
        var table = table(2)
        _ = table.next(workers: 1, isKeeperFree: true, at: 0)
        _ = table.began(0)
        #expect(table.ended(0, .failure(failure(.none)), at: 0) == .fails(failure(.none)))
    }

    @Test func `a part without a connection is given back, waits, and counts no attempt`() {
        var table = table(3)
        for _ in 0..<2 { _ = table.next(workers: 2, isKeeperFree: true, at: 0) }
        for index in [0, 1] { _ = table.began(index) }
        #expect(table.ended(0, .failure(failure(.wait)), at: 1000) == .waits)
        // Part 1 still runs, so that nothing is made here; the shortest pause is three quarters of 200 ms.
        #expect(table.next(workers: 2, isKeeperFree: true, at: 1149) == nil)
        #expect(table.next(workers: 2, isKeeperFree: true, at: 1250) == .worker(0))
        for attempt in 1...3 {
            let isFirst = table.began(0)
            #expect(!isFirst)
            let verdict = table.ended(0, .failure(failure(.retry)), at: 1260)
            #expect((verdict == .again) == (attempt < 3))
        }
    }

    @Test func `a worker that is done has a connection to give`() {
        var table = table(3)
        for _ in 0..<2 { _ = table.next(workers: 2, isKeeperFree: true, at: 0) }
        _ = table.ended(0, .failure(failure(.wait)), at: 1000)
        _ = table.ended(1, .success(result(1)), at: 1001)
        #expect(table.next(workers: 2, isKeeperFree: true, at: 1001) == .worker(0))
    }

    @Test func `when no worker gets a connection, the conductor makes the part on its own`() {
        var table = table(2)
        _ = table.next(workers: 2, isKeeperFree: true, at: 0)
        _ = table.ended(0, .failure(failure(.wait)), at: 1000)
        #expect(table.next(workers: 2, isKeeperFree: false, at: 1001) == nil)
        #expect(table.next(workers: 2, isKeeperFree: true, at: 1001) == .here(0))
        table.made(0, result(3))
        #expect(table.next(workers: 2, isKeeperFree: true, at: 1002) == .here(1))
        table.made(1, result(4))
        #expect(table.next(workers: 2, isKeeperFree: true, at: 9000) == nil)
        #expect(table.results == [result(3), result(4)])
    }
}
