import API
import Configuration
import Glibc
import JSON
import Jobs
import Posix
import Postgres

/// Holds all event streams of this host in one process, with one connection to the queue.
///
///     responder: who is calling, which tenant ──descriptor and subscription──▶ this process ──records──▶ nginx ─▶ client
///     queue: NOTIFY on a change of state ─▶ the job is read once ─▶ every stream of its tenant
///     queue: progress of running jobs, once a second ─▶ those streams
///
/// A stream costs a descriptor and a few hundred bytes. While nobody listens there is no connection and no wake-up.
final class EventService {
    private let configuration: Configuration
    private let handovers: HandoverSocket
    private let signals: SignalDescriptor
    private var streams: [Int32: EventStream] = [:]
    private lazy var link = QueueLink(configuration.databaseURL, applicationName: "penstock events") {
        [unowned self] queue in
        try queue.listen()
        // What came while there was no connection.
        for stream in streams.values where stream.position > 0 { try catchUp(stream, queue) }
        return true
    }
    private var nextProgress: Int64 = 0
    private var progress: [UUID: Job.Progress] = [:]

    /// The database has news of a job's progress once a second.
    private static let progressMilliseconds: Int64 = 1_000
    private static let idleMilliseconds: Int64 = 60_000

    init(_ configuration: Configuration, handovers: HandoverSocket) throws {
        self.configuration = configuration
        self.handovers = handovers
        signals = try SignalDescriptor([.terminate, .interrupt, .hangUp])
        Limits.descriptors(.max)
    }

    func run() throws {
        while true {
            let connected = link.queue?.connection.socket ?? -1
            let watched = [signals.raw, handovers.receiveEnd, connected] + streams.keys
            let wait = streams.isEmpty ? Self.idleMilliseconds : Self.progressMilliseconds
            let ready = try waitReadable(watched, milliseconds: wait)
            if ready[0], !Set(signals.pendingOfOwn()).isDisjoint(with: [.terminate, .interrupt]) { return endAll() }
            // nginx says nothing on such a connection but that it is gone.
            for (index, descriptor) in watched.enumerated().dropFirst(3) where ready[index] {
                streams[descriptor] = nil
            }
            if ready[1] { takeHandovers() }
            serve()
        }
    }

    private func takeHandovers() {
        while let packet = try? handovers.receive() {
            guard packet.descriptor >= 0 else { continue }
            let descriptor = FileDescriptor(owning: packet.descriptor)
            guard let handover = StreamHandover(packet.message) else { continue }
            do {
                let stream = try EventStream(descriptor, handover)
                guard stream.open() else { continue }
                streams[stream.descriptor.raw] = stream
                let resumes = handover.subscription.after != nil
                link.attempt { queue in
                    if resumes { return try catchUp(stream, queue) }
                    stream.begin(after: try queue.latestChange(tenant: stream.tenant))
                }
            } catch {
                Log.warning("stream lost", ("error", .string(error.description)))
            }
        }
    }

    private func serve() {
        guard !streams.isEmpty else {
            // Nobody listens: nothing has to be known.
            link.close()
            progress = [:]
            return
        }
        let now = Clock.monotonicMilliseconds
        for (key, stream) in streams where !stream.beat(at: now) { drop(key) }
        link.attempt { queue in
            if now >= nextProgress {
                nextProgress = now + Self.progressMilliseconds
                try tellProgress(queue)
            }
            // Last and always: a notification that came with the answer to a statement has been read from the socket
            // already, and would not wake us.
            try tellChanges(queue)
        }
    }

    private func tellChanges(_ queue: Queue) throws {
        while case let news = try queue.connection.notifications(), !news.isEmpty {
            try tell(news, queue)
        }
    }

    private func tell(_ news: [Connection.Notification], _ queue: Queue) throws {
        for notification in news {
            guard let change = JobChange(notification.payload),
                streams.values.contains(where: { $0.tenant == change.tenant }),
                let job = try queue.job(tenant: change.tenant, id: change.id)
            else { continue }
            // The row may be further on already; each change is told all the same, as it was.
            let told = job.asOf(change: change.number, to: change.state)
            for (key, stream) in streams where stream.tenant == change.tenant && !stream.send(change: told) {
                drop(key)
            }
        }
    }

    private func tellProgress(_ queue: Queue) throws {
        let running = try queue.runningJobs(tenants: Array(Set(streams.values.map(\.tenant))))
        for job in running where progress[job.id] != job.progress && job.progress.done > 0 {
            for (key, stream) in streams where stream.tenant == job.tenant && !stream.send(progress: job) { drop(key) }
        }
        progress = Dictionary(uniqueKeysWithValues: running.map { ($0.id, $0.progress) })
    }

    /// What a stream has missed: before it was opened, or while the queue was out of reach.
    private func catchUp(_ stream: EventStream, _ queue: Queue) throws {
        for job in try queue.changedJobs(tenant: stream.tenant, after: stream.position) where !stream.send(change: job)
        {
            drop(stream.descriptor.raw)
            return
        }
    }

    private func drop(_ key: Int32) {
        streams[key]?.end()
        streams[key] = nil
    }

    /// Clients come back by themselves, with the id of the last event they have seen.
    private func endAll() {
        for key in Array(streams.keys) { drop(key) }
    }
}
