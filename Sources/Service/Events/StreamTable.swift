import API
import JSON
import Jobs
import Posix

/// The open event streams and the records that each of them gets: the decisions of the process that holds them, without
/// its descriptors, its queue and its clock.
///
///     opened ──▶ begins after its tenant's, or its client's, last change ──▶ changes, progress, beats
///                                                                         over, or not taken ──▶ ended
struct StreamTable {
    enum Action: Equatable {
        /// Write an event to these streams.
        case write(String, to: [Int32])
        /// Write the end of the answer and close.
        case end(Int32)
    }

    private struct Stream {
        let tenant: String
        /// The last change that the client was told of.
        var position: Int64
        let endsAt: Int64
        var nextBeat: Int64
    }

    private var streams: [Int32: Stream] = [:]
    /// Of the running jobs, as it was told last.
    private var progress: [UUID: Job.Progress] = [:]
    private var nextProgress: Int64 = 0

    /// The database has news of a job's progress once a second.
    private static let progressMilliseconds: Int64 = 1_000
    private static let idleMilliseconds: Int64 = 60_000
    /// A stream ends after this; the client's next request is authenticated anew.
    private static let lifetimeMilliseconds: Int64 = 3_600_000
    /// A comment this often keeps proxies from closing a quiet stream, and finds clients that are gone.
    private static let beatMilliseconds: Int64 = 15_000

    var isEmpty: Bool { streams.isEmpty }
    var descriptors: [Int32] { Array(streams.keys) }
    var tenants: Set<String> { Set(streams.values.map(\.tenant)) }

    func hasStreams(of tenant: String) -> Bool { streams.values.contains { $0.tenant == tenant } }

    /// Where each stream that has begun goes on after an outage of the queue.
    var positions: [(descriptor: Int32, tenant: String, position: Int64)] {
        streams.filter { $0.value.position > 0 }.map { ($0.key, $0.value.tenant, $0.value.position) }
    }

    /// When something is due, in monotonic milliseconds.
    func due(at now: Int64) -> Int64 {
        now + (streams.isEmpty ? Self.idleMilliseconds : Self.progressMilliseconds)
    }

    /// - Parameter position: the change after which the stream begins; 0 when the client did not name one.
    mutating func opened(_ descriptor: Int32, tenant: String, position: Int64, at now: Int64) -> [Action] {
        streams[descriptor] = Stream(
            tenant: tenant, position: position, endsAt: now + Self.lifetimeMilliseconds,
            nextBeat: now + Self.beatMilliseconds)
        return write("retry: 2000\n\n", to: [descriptor], at: now)
    }

    /// The stream begins after this change of its tenant's.
    mutating func begin(_ descriptor: Int32, after number: Int64) {
        guard let position = streams[descriptor]?.position else { return }
        streams[descriptor]?.position = max(position, number)
    }

    /// The client is gone, or did not read the bytes that were written to it.
    mutating func dropped(_ descriptor: Int32) { streams[descriptor] = nil }

    /// Forgets the jobs' progress while there is no stream that it could be told to.
    mutating func forgetProgress() { progress = [:] }

    // MARK: Events

    /// A change of state, for all streams of its tenant or for one that has missed it.
    mutating func changed(_ job: Job, only descriptor: Int32? = nil, at now: Int64) -> [Action] {
        let targets = descriptor.map { [$0] } ?? descriptors(of: job.tenant)
        if targets.isEmpty { return [] }
        for target in targets { begin(target, after: job.changeNumber) }
        return write(
            "id: \(job.changeNumber)\nevent: job\ndata: \(job.exportsJSON().text)\n\n", to: targets, at: now)
    }

    /// Whether the running jobs are to be asked for.
    mutating func isProgressDue(at now: Int64) -> Bool {
        guard now >= nextProgress, !streams.isEmpty else { return false }
        nextProgress = now + Self.progressMilliseconds
        return true
    }

    /// Progress has no id: a client that was away does not need the progress that it missed.
    mutating func progressed(_ running: [Job], at now: Int64) -> [Action] {
        let news = running.filter { progress[$0.id] != $0.progress && $0.progress.done > 0 }
        progress = Dictionary(running.map { ($0.id, $0.progress) }, uniquingKeysWith: { $1 })
        return news.flatMap { job in
            write("event: progress\ndata: \(job.exportsJSON().text)\n\n", to: descriptors(of: job.tenant), at: now)
        }
    }

    /// Ends streams whose time is over, and gives quiet ones a sign of life.
    mutating func beat(at now: Int64) -> [Action] {
        let over = streams.filter { $0.value.endsAt <= now }.map(\.key).sorted()
        for descriptor in over { streams[descriptor] = nil }
        let quiet = streams.filter { $0.value.nextBeat <= now }.map(\.key).sorted()
        return over.map { .end($0) } + write(": still here\n\n", to: quiet, at: now)
    }

    /// Clients come back by themselves, with the id of the last event they have seen.
    mutating func endAll() -> [Action] {
        defer { streams = [:] }
        return streams.keys.sorted().map { .end($0) }
    }

    private func descriptors(of tenant: String) -> [Int32] {
        streams.filter { $0.value.tenant == tenant }.map(\.key).sorted()
    }

    private mutating func write(_ text: String, to descriptors: [Int32], at now: Int64) -> [Action] {
        if descriptors.isEmpty { return [] }
        for descriptor in descriptors { streams[descriptor]?.nextBeat = now + Self.beatMilliseconds }
        return [.write(text, to: descriptors)]
    }
}
