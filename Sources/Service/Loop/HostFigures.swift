import API
import Generation
import JSON
import Jobs
import Posix
import Time

/// What the processes of this host have done since the service began, counted in memory that they share, for
/// `GET /report/metrics`.
package final class HostFigures {
    private let counters: SharedCounters

    /// How attempts at exports end. A code that is not listed is counted as `other`.
    private static let codes = [
        "source_unavailable", "source_conflict", "source_locked", "source_limit", "source_refused", "source_error",
        "source_not_filled", "schema_changed", "catalog_changed", "report_failed", "report_writes",
        "computation_failed", "timed_out", "row_too_large", "invalid_encoding", "integrity", "storage_error",
        "storage_full", "filter_file_missing", "worker_crashed", "worker_stalled", "internal_error", "other",
    ]
    private enum Place {
        static let finished = 0, released = 1, recovered = 2, rows = 3, bytes = 4, parts = 5, processes = 6
        static let durations = 7
        static let failed = durations + Durations.exports.width
        static let repeated = failed + codes.count
        static let transfers = repeated + codes.count, transfersLost = transfers + 1, backlog = transfers + 2
        static let unreadable = transfers + 3
        static let count = transfers + 4
    }

    /// - Throws: `PosixError` when there is no memory.
    package init() throws(PosixError) { counters = try SharedCounters(count: Place.count) }

    func countRecovered() { counters.add(1, at: Place.recovered) }
    func countLostProcess() { counters.add(1, at: Place.processes) }

    func countUnreadable() { counters.add(1, at: Place.unreadable) }
    func countTransfer() { counters.add(1, at: Place.transfers) }
    func countLost(transfers count: Int) { counters.add(Int64(count), at: Place.transfersLost) }
    /// Transfers that wait for the audit's database.
    var backlog: Int {
        get { Int(counters[Place.backlog]) }
        set { counters[Place.backlog] = Int64(newValue) }
    }

    /// A settlement that the queue has taken.
    func count(_ settlement: Settlement) {
        switch settlement {
        case .finish(let claim, let file):
            counters.add(1, at: Place.finished)
            counters.add(file.rows, at: Place.rows)
            counters.add(file.size, at: Place.bytes)
            counters.add(Int64(file.receipt["parts"]?.int ?? 1), at: Place.parts)
            let began = claim.job.startedAt?.microseconds ?? Clock.wallMicroseconds
            let took = max(0, Clock.wallMicroseconds - began)
            counters.add(1, at: Place.durations + Durations.exports.place(of: took))
            counters.add(took, at: Place.durations + Durations.exports.width - 1)
        case .fail(_, let failure): counters.add(1, at: Place.failed + Self.place(of: failure))
        case .retry(_, let failure, _), .wait(_, let failure, _):
            counters.add(1, at: Place.repeated + Self.place(of: failure))
        case .release: counters.add(1, at: Place.released)
        case .part, .abandon: break
        }
    }

    private static func place(of failure: ExportFailure) -> Int {
        codes.firstIndex(of: failure.code) ?? codes.count - 1
    }

    package func write(to text: inout OpenMetrics) {
        func counter(_ name: String, _ place: Int, _ help: String) {
            text.family(name, .counter, help)
            text.sample([], counters[place])
        }
        func byCode(_ name: String, _ place: Int, _ help: String) {
            text.family(name, .counter, help)
            for (index, code) in Self.codes.enumerated() where counters[place + index] > 0 {
                text.sample([("code", code)], counters[place + index])
            }
        }
        counter("exports_finished", Place.finished, "Exports that have become ready.")
        byCode("exports_failed", Place.failed, "Exports that have failed, by their code.")
        byCode("attempts_repeated", Place.repeated, "Attempts after which the export is made again, by the code.")
        counter("attempts_released", Place.released, "Attempts that were given back when the service stopped.")
        counter("attempts_recovered", Place.recovered, "Exports of dispatchers that were lost, which run again.")
        counter("export_rows", Place.rows, "Rows of finished exports.")
        counter("export_bytes", Place.bytes, "Bytes of finished exports.")
        counter("export_parts", Place.parts, "Parts of finished exports.")
        text.family("export_seconds", .histogram, "Time from the start of an export's last attempt to its end.")
        Durations.exports.write([], to: &text) { counters[Place.durations + $0] }
        counter("transfers", Place.transfers, "Transfers that nginx has told.")
        counter("transfers_lost", Place.transfersLost, "Of them, those that the audit will never have.")
        text.family("audit_backlog", .gauge, "Of them, those that the audit does not have yet.")
        text.sample([], backlog)
        counter("files_unreadable", Place.unreadable, "Downloads whose file nginx may not read.")
        counter("processes_lost", Place.processes, "Processes of the service that ended by a signal or an error.")
    }
}
