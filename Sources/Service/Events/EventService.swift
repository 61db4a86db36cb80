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
///     queue: a page of what one stream has missed, each turn ─▶ that stream
///
/// A stream costs a descriptor and a few hundred bytes. While there is no stream there is no connection and no wake-up.
final class EventService {
    private let configuration: Configuration
    private let handovers: HandoverSocket
    private let loop: ServiceLoop
    private var table: StreamTable
    private var streams: [Int32: EventStream] = [:]
    private let seats: SharedSeats?
    private lazy var link = QueueLink(configuration.databaseURL, applicationName: "penstock events", loop.heartbeat) {
        [unowned self] queue in
        try queue.listen()
        table.reconnected()
    }

    /// - Parameter seats: of the open streams; nil where they are not counted.
    init(
        _ loop: ServiceLoop, _ configuration: Configuration, handovers: HandoverSocket, seats: SharedSeats?
    ) throws {
        table = StreamTable(checkSeconds: configuration.streamCheckSeconds)
        self.seats = seats
        // Those of a process that was killed.
        seats?.clear()
        self.configuration = configuration
        self.handovers = handovers
        self.loop = loop
        Limits.descriptors(.max)
    }

    func run() throws {
        while true {
            let (open, full) = (table.descriptors, table.full)
            let wake = try loop.wait(
                [handovers.receiveEnd] + open, writing: full, queue: link,
                until: table.due(retryAt: link.retryAt, at: Clock.monotonicMilliseconds))
            if loop.phase != .working { return perform(table.endAll()) }
            let ready = wake.ready.dropFirst()
            for (key, hasRoom) in zip(full, ready.dropFirst(open.count)) where hasRoom { flush(key) }
            // nginx says nothing on such a connection but that it is gone.
            for (key, isReady) in zip(open, ready) where isReady { forget(key) }
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
                let subscription = handover.subscription
                try open(
                    EventStream(descriptor, request: handover.requestID, seat: subscription.seat), subscription)
            } catch {
                Log.warning("stream lost", ("error", .string(error.description)))
            }
        }
    }

    private func open(_ stream: EventStream, _ subscription: EventSubscription) {
        let key = stream.descriptor.raw
        // A seat that was taken before this process began was freed with those of the one before.
        if let seat = stream.seat { seats?.hold(seat, now: Clock.monotonicMilliseconds) }
        streams[key] = stream
        perform(table.opened(key, subscription, at: Clock.monotonicMilliseconds))
    }

    private func serve() {
        guard !table.isEmpty else {
            link.close()
            return table.forgetProgress()
        }
        perform(table.beat(at: Clock.monotonicMilliseconds))
        holdSeats()
        link.attempt { queue in
            if table.isCheckDue(at: Clock.monotonicMilliseconds) { try check(queue) }
            if table.isProgressDue(at: Clock.monotonicMilliseconds) {
                let running = try queue.runningJobs(tenants: Array(table.tenants))
                perform(table.progressed(running, at: Clock.monotonicMilliseconds))
            }
            if let behind = table.nextBehind() { try catchUp(behind, queue) }
            // Last and always: a notification that came with the answer to a statement has been read from the socket
            // already, and would not wake us.
            while case let news = try queue.connection.notifications(), !news.isEmpty { try tell(news, queue) }
        }
    }

    private func tell(_ news: [Connection.Notification], _ queue: Queue) throws {
        try? Failpoint.changeHeard.reach()
        for notification in news {
            loop.heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            guard let change = JobChange(notification.payload), table.hasStreams(of: change.tenant),
                let job = try queue.changedJob(tenant: change.tenant, id: change.id)
            else { continue }
            // The row may be further on already; each change is told all the same, as it was.
            perform(table.changed(job.asOf(change: change.number, to: change.state), at: Clock.monotonicMilliseconds))
        }
    }

    /// Writes a page of the changes that a stream has missed: those before it was opened, or while the queue was out of
    /// reach or the client's connection full.
    /// - Throws: `PostgresError` when the queue is out of reach.
    private func catchUp(_ behind: StreamTable.Behind, _ queue: Queue) throws {
        let key = behind.descriptor
        guard let position = behind.position else {
            let latest = try queue.latestChange(tenant: behind.tenant)
            return perform(table.begin(key, after: latest, at: Clock.monotonicMilliseconds))
        }
        let page = try queue.changes(tenant: behind.tenant, after: position, atMost: StreamTable.page)
        for job in page.jobs { perform(table.missed(job, by: key, at: Clock.monotonicMilliseconds)) }
        table.passed(key, page.last, isLast: !page.isFull)
    }

    /// Ends the streams of keys and users that may not listen any more.
    /// - Throws: `PostgresError` when the queue is out of reach.
    private func check(_ queue: Queue) throws {
        let store = StoredIdentities { queue }
        var verdicts: [EventSubscription.Holder: Bool] = [:]
        for (key, holder) in table.holders {
            loop.heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            let isAllowed = try verdicts[holder] ?? holder.isAllowed(by: store)
            verdicts[holder] = isAllowed
            if !isAllowed { perform(table.revoked(key)) }
        }
    }

    private func holdSeats() {
        let now = Clock.monotonicMilliseconds
        for stream in streams.values { if let seat = stream.seat { seats?.hold(seat, now: now) } }
    }

    // MARK: Actions

    private func perform(_ actions: [StreamTable.Action]) {
        for action in actions {
            switch action {
            case .write(let text, let keys):
                for key in keys { if let stream = streams[key] { note(stream.write(text), of: key) } }
            case .end(let key): end(key)
            }
        }
    }

    private func flush(_ key: Int32) {
        guard let stream = streams[key] else { return }
        let writing = stream.flush()
        if writing == .taken { table.emptied(key) }
        if writing == .gone { forget(key) }
    }

    private func note(_ writing: EventStream.Writing, of key: Int32) {
        switch writing {
        case .taken: break
        case .full: table.filled(key, at: Clock.monotonicMilliseconds)
        case .gone: forget(key)
        }
    }

    private func end(_ key: Int32) {
        streams[key]?.end()
        forget(key)
    }

    private func forget(_ key: Int32) {
        if let seat = streams.removeValue(forKey: key)?.seat { seats?.leave(seat) }
        table.dropped(key)
    }
}
