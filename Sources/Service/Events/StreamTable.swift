import API
import JSON
import Jobs
import Posix

/// The open event streams and the records that each of them gets: the decisions of the process that holds them, without
/// its descriptors, its queue and its clock.
///
///     opened ──▶ behind ──the queue has no more of its changes──▶ level ──▶ changes, progress, beats
///                  ▲ │ └─ a page of changes, when it is its turn      │
///                  │ └─────── full: no room for more ◀────────────────┤
///                  └── the queue was out of reach, or there is room again: what was missed is read from the queue
///
/// A stream that is behind is told nothing but pages, one stream a turn, and one that is full is told nothing at all; a
/// tenant's changes become visible in the order of their numbers. So each stream is told each change once.
struct StreamTable {
    enum Action: Equatable {
        /// Write an event to these streams.
        case write(String, to: [Int32])
        /// Write the end of the answer and close.
        case end(Int32)
    }

    /// A stream whose turn it is to be told what it has missed.
    struct Behind: Equatable {
        let descriptor: Int32
        let tenant: String
        /// nil when it begins with the next change, whichever it will be.
        let position: Int64?
    }

    struct Stream {
        let subscription: EventSubscription
        /// The last change that was written to it; nil until it is known where it begins.
        var position: Int64?
        var isBehind = true
        /// Whether it has been told how far the running jobs are.
        var knowsProgress = false
        /// When it ends because it has had no room for so long; nil while it has room.
        var fullUntil: Int64?
        let endsAt: Int64
        var nextBeat: Int64

        var tenant: String { subscription.tenant }
        var isLevel: Bool { !isBehind && fullUntil == nil }
        var hasTurn: Bool { isBehind && fullUntil == nil }
    }

    /// How far a job is, by rows and by parts.
    private struct Told: Equatable {
        let rows: Job.Progress
        let parts: Job.PartCount?

        init(_ job: Job) { (rows, parts) = (job.progress, job.parts) }
    }

    var streams: [Int32: Stream] = [:]
    /// The one that had the last turn.
    var lastTurn: Int32 = -1
    /// Of the running jobs, as it was told last.
    private var progress: [UUID: Told] = [:]
    private var nextProgress: Int64 = 0
    /// nil before there is a stream.
    var nextCheck: Int64?
    /// Milliseconds between two looks at the rights of those who listen.
    private let checkMilliseconds: Int64

    /// How many jobs a turn reads.
    static let page = 100
    /// The database has news of a job's progress once a second.
    private static let progressMilliseconds: Int64 = 1_000
    private static let idleMilliseconds: Int64 = 60_000
    /// A stream ends after this, or with its token; the client's next request is authenticated anew.
    private static let lifetimeMilliseconds: Int64 = 3_600_000
    /// A comment this often keeps proxies from closing a quiet stream, and finds clients that are gone.
    private static let beatMilliseconds: Int64 = 15_000
    /// A client that reads nothing for so long is taken to be gone.
    private static let fullMilliseconds: Int64 = 60_000

    init(checkSeconds: Int) {
        checkMilliseconds = Int64(checkSeconds) * 1000
    }

    /// How long a client waits before it comes back, in milliseconds: the first line of a stream.
    static let retry = "retry: 2000\n"

    var isEmpty: Bool { streams.isEmpty }
    var descriptors: [Int32] { Array(streams.keys) }
    /// Those that wait for room.
    var full: [Int32] { streams.filter { $0.value.fullUntil != nil }.map(\.key) }
    /// The stored users and keys that streams end with.
    var holders: [Int32: EventSubscription.Holder] { streams.compactMapValues(\.subscription.holder) }
    var tenants: Set<String> { Set(streams.values.map(\.tenant)) }

    func hasStreams(of tenant: String) -> Bool { streams.values.contains { $0.tenant == tenant } }

    /// When something is due, in monotonic milliseconds.
    /// - Parameter retryAt: before which the queue takes nothing.
    func due(retryAt: Int64, at now: Int64) -> Int64 {
        if streams.isEmpty { return now + Self.idleMilliseconds }
        let tick = now + Self.progressMilliseconds
        return streams.values.contains(where: \.hasTurn) ? min(tick, max(now, retryAt)) : tick
    }

    mutating func opened(_ descriptor: Int32, _ subscription: EventSubscription, at now: Int64) -> [Action] {
        streams[descriptor] = Stream(
            subscription: subscription, position: subscription.after,
            endsAt: now + min(Self.lifetimeMilliseconds, subscription.endsIn ?? .max),
            nextBeat: now + Self.beatMilliseconds)
        nextCheck = nextCheck ?? now + checkMilliseconds
        // One that is to begin with the next change says so when it is known where that is.
        return subscription.after == nil ? [] : write("\(Self.retry)\n", to: [descriptor], at: now)
    }

    /// The client is gone.
    mutating func dropped(_ descriptor: Int32) { streams[descriptor] = nil }

    /// The client's connection has not taken all that was written to it.
    mutating func filled(_ descriptor: Int32, at now: Int64) {
        streams[descriptor]?.fullUntil = now + Self.fullMilliseconds
        streams[descriptor]?.isBehind = true
        streams[descriptor]?.knowsProgress = false
    }

    /// All that was written has been taken.
    mutating func emptied(_ descriptor: Int32) { streams[descriptor]?.fullUntil = nil }

    /// Forgets the jobs' progress, and when to look at rights, while there is no stream.
    mutating func forgetProgress() { (progress, nextCheck) = ([:], nil) }

    // MARK: Events

    /// A change of state that has been announced, for the streams of its tenant that have been told all before it.
    mutating func changed(_ job: Job, at now: Int64) -> [Action] {
        tell(job, to: level(of: job.tenant) { $0.position.map { $0 < job.changeNumber } ?? false }, at: now)
    }

    mutating func tell(_ job: Job, to targets: [Int32], at now: Int64) -> [Action] {
        if targets.isEmpty { return [] }
        for target in targets { streams[target]?.position = job.changeNumber }
        // All streams of a tenant are told the same: no columns, where a catalog is not the same for everybody.
        let job = job.access == nil ? job : job.withoutContent
        return write(
            "id: \(job.changeNumber)\nevent: job\ndata: \(job.exportsJSON(withParts: true).text)\n\n", to: targets,
            at: now)
    }

    /// Whether the running jobs are to be asked for.
    mutating func isProgressDue(at now: Int64) -> Bool {
        guard now >= nextProgress, !streams.isEmpty else { return false }
        nextProgress = now + Self.progressMilliseconds
        return true
    }

    /// Whether the keys and users that streams end with are to be looked up.
    mutating func isCheckDue(at now: Int64) -> Bool {
        guard let nextCheck, now >= nextCheck else { return false }
        self.nextCheck = now + checkMilliseconds
        return true
    }

    /// Progress has no id: a client that was away does not need the progress that it missed. One that comes is told how
    /// far the running jobs are, and each is told what has changed.
    mutating func progressed(_ running: [Job], at now: Int64) -> [Action] {
        let before = progress
        progress = Dictionary(running.map { ($0.id, Told($0)) }, uniquingKeysWith: { $1 })
        let actions = running.filter { $0.progress.done > 0 || $0.parts != nil }.flatMap { job -> [Action] in
            let isNews = before[job.id] != Told(job)
            let targets = level(of: job.tenant) { isNews || !$0.knowsProgress }
            if targets.isEmpty { return [] }
            return write("event: progress\ndata: \(job.exportsJSON(withParts: true).text)\n\n", to: targets, at: now)
        }
        for (descriptor, stream) in streams where stream.isLevel { streams[descriptor]?.knowsProgress = true }
        return actions
    }

    /// Ends a stream whose caller may not listen any more.
    mutating func revoked(_ descriptor: Int32) -> [Action] {
        streams.removeValue(forKey: descriptor).map { _ in [.end(descriptor)] } ?? []
    }

    /// Ends streams whose time is over, and gives quiet ones a sign of life.
    mutating func beat(at now: Int64) -> [Action] {
        let over = streams.filter { $0.value.endsAt <= now || $0.value.fullUntil ?? .max <= now }.map(\.key).sorted()
        for descriptor in over { streams[descriptor] = nil }
        let quiet = streams.filter { $0.value.nextBeat <= now && $0.value.fullUntil == nil }.map(\.key).sorted()
        return over.map { .end($0) } + write(": still here\n\n", to: quiet, at: now)
    }

    /// Clients come back by themselves, with the id of the last event they have seen.
    mutating func endAll() -> [Action] {
        defer { streams = [:] }
        return streams.keys.sorted().map { .end($0) }
    }

    private func level(of tenant: String, where isMeant: (Stream) -> Bool = { _ in true }) -> [Int32] {
        streams.filter { $0.value.tenant == tenant && $0.value.isLevel && isMeant($0.value) }.map(\.key).sorted()
    }

    mutating func write(_ text: String, to descriptors: [Int32], at now: Int64) -> [Action] {
        if descriptors.isEmpty { return [] }
        for descriptor in descriptors { streams[descriptor]?.nextBeat = now + Self.beatMilliseconds }
        return [.write(text, to: descriptors)]
    }
}
