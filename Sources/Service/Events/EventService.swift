import API
import Configuration
import Glibc
import JSON
import Jobs
import Posix
import Postgres

/// Holds all event streams of this host in one process, with one connection to the queue. `StreamTable` decides what is
/// written; this type writes it.
///
///     responder: which caller and tenant ──descriptor and subscription──▶ this process ──records─▶ nginx ─▶ client
///     queue: NOTIFY on a change of state ─▶ the job is read once ─▶ every stream of its tenant
///     queue: progress of running jobs, once a second ─▶ those streams
///
/// A stream costs a descriptor and a few hundred bytes. While there is no stream there is no connection and no wake-up.
final class EventService {
    private let configuration: Configuration
    private let handovers: HandoverSocket
    private let loop: ServiceLoop
    private var table = StreamTable()
    private var streams: [Int32: EventStream] = [:]
    private lazy var link = QueueLink(configuration.databaseURL, applicationName: "penstock events", loop.heartbeat) {
        [unowned self] queue in
        try queue.listen()
        // The changes that came while there was no connection.
        for stream in table.positions { try catchUp(stream.descriptor, stream.tenant, stream.position, queue) }
    }

    init(_ loop: ServiceLoop, _ configuration: Configuration, handovers: HandoverSocket) throws {
        self.configuration = configuration
        self.handovers = handovers
        self.loop = loop
        Limits.descriptors(.max)
    }

    func run() throws {
        while true {
            let watched = [handovers.receiveEnd] + table.descriptors
            let wake = try loop.wait(watched, queue: link, until: table.due(at: Clock.monotonicMilliseconds))
            if loop.phase != .working { return perform(table.endAll()) }
            // nginx says nothing on such a connection but that it is gone.
            for (descriptor, isReady) in zip(watched, wake.ready).dropFirst() where isReady { forget(descriptor) }
            if wake.ready[0] { takeHandovers() }
            serve()
        }
    }

    private func takeHandovers() {
        while let packet = try? handovers.receive() {
            guard packet.descriptor >= 0 else { continue }
            let descriptor = FileDescriptor(owning: packet.descriptor)
            guard let handover = StreamHandover(packet.message) else { continue }
            do {
                try open(EventStream(descriptor, request: handover.requestID), handover.subscription)
            } catch {
                Log.warning("stream lost", ("error", .string(error.description)))
            }
        }
    }

    private func open(_ stream: EventStream, _ subscription: EventSubscription) {
        let (key, tenant, after) = (stream.descriptor.raw, subscription.tenant, subscription.after)
        streams[key] = stream
        perform(table.opened(key, tenant: tenant, position: after ?? 0, at: Clock.monotonicMilliseconds))
        guard streams[key] != nil else { return }
        link.attempt { queue in
            if let after { return try catchUp(key, tenant, after, queue) }
            table.begin(key, after: try queue.latestChange(tenant: tenant))
        }
    }

    private func serve() {
        guard !table.isEmpty else {
            link.close()
            return table.forgetProgress()
        }
        perform(table.beat(at: Clock.monotonicMilliseconds))
        link.attempt { queue in
            if table.isProgressDue(at: Clock.monotonicMilliseconds) {
                let running = try queue.runningJobs(tenants: Array(table.tenants))
                perform(table.progressed(running, at: Clock.monotonicMilliseconds))
            }
            // Last and always: a notification that came with the answer to a statement has been read from the socket
            // already, and would not wake us.
            while case let news = try queue.connection.notifications(), !news.isEmpty { try tell(news, queue) }
        }
    }

    private func tell(_ news: [Connection.Notification], _ queue: Queue) throws {
        for notification in news {
            loop.heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            guard let change = JobChange(notification.payload), table.hasStreams(of: change.tenant),
                let job = try queue.job(tenant: change.tenant, id: change.id)
            else { continue }
            // The row may be further on already; each change is told all the same, as it was.
            perform(table.changed(job.asOf(change: change.number, to: change.state), at: Clock.monotonicMilliseconds))
        }
    }

    /// Writes the changes that a stream has missed: those before it was opened, or while the queue was out of reach.
    /// - Throws: `PostgresError` when the queue is out of reach.
    private func catchUp(_ key: Int32, _ tenant: String, _ position: Int64, _ queue: Queue) throws {
        loop.heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
        for job in try queue.changedJobs(tenant: tenant, after: position) where streams[key] != nil {
            perform(table.changed(job, only: key, at: Clock.monotonicMilliseconds))
        }
    }

    // MARK: Actions

    private func perform(_ actions: [StreamTable.Action]) {
        for action in actions {
            switch action {
            case .write(let text, let keys):
                for key in keys where streams[key]?.write(text) == false { end(key) }
            case .end(let key): end(key)
            }
        }
    }

    private func end(_ key: Int32) {
        streams[key]?.end()
        forget(key)
    }

    private func forget(_ key: Int32) {
        streams[key] = nil
        table.dropped(key)
    }
}
