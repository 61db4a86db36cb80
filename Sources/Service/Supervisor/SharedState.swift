import API
import Configuration
import FastCGI
import Glibc
import JSON
import Jobs
import Posix

/// The sockets and the memory that the processes of a service share, because they are forked from one: with counts and
/// signs of life. They outlive each process, so that one that is replaced loses nothing that waits in a socket.
final class SharedState {
    private let configuration: Configuration
    private let socket: ListeningSocket?
    /// The messages of nginx about transfers wait here while no process takes them; nil where nginx does not report.
    private let auditSocket: AuditSocket?
    /// Over this the responders hand event streams to the events process.
    private let handovers: HandoverSocket
    /// The counts of callers' requests, shared by all responders, those to come too.
    private let limits: RequestLimits
    /// The workers of nginx that have sent a file since the service began; nil where nginx does not report.
    private let workers: NginxWorkers?
    private let operations: Operations
    let figures: HostFigures
    let board: Scoreboard
    let breaker: StorageBreaker
    /// Milliseconds after which a process that gives no sign of life is ended.
    private let hangMilliseconds: Int64
    /// How many processes of each role this host runs.
    let counts: [(role: Role, count: Int)]

    /// Reloads whose processes may still be busy at the same time and are all watched.
    private static let generations = 8

    /// - Parameter roles: the parts of the service that run on this host.
    /// - Throws: `ListenError` or `PosixError` when a socket or shared memory cannot be made.
    init(_ configuration: Configuration, roles: Set<Role>) throws {
        self.configuration = configuration
        let responders = roles.contains(.responder) ? configuration.responders : 0
        let socket = responders > 0 ? try ListeningSocket.inheritedOr(configuration.socket) : nil
        self.socket = socket
        let auditSocket =
            try responders > 0
            ? configuration.auditSocket.map {
                try AuditSocket($0, exclusive: socket?.isInherited == false)
            } : nil
        self.auditSocket = auditSocket
        handovers = try HandoverSocket()
        limits = RequestLimits(
            try SharedRates(), secret: Random.bytes(32), perMinute: configuration.ratePerMinute,
            loginFailures: configuration.loginFailures, refusals: configuration.refusalsPerMinute,
            streams: StreamLimits(
                try SharedSeats(count: configuration.streams), perCaller: configuration.callerStreams,
                perTenant: configuration.tenantStreams))
        workers = try auditSocket.map { _ in try NginxWorkers() }
        counts = Role.allCases.map { role in
            switch role {
            case .responder: (role, responders)
            // Streams come from this host's responders, and so do the transfers that nginx reports.
            case .events: (role, responders > 0 ? 1 : 0)
            case .audit: (role, auditSocket == nil ? 0 : 1)
            case .dispatcher, .housekeeper, .scheduler, .webhooks: (role, roles.contains(role) ? 1 : 0)
            }
        }
        let seats = counts.reduce(0) { $0 + $1.count } * Self.generations
        board = try Scoreboard(seats: seats, responders: responders)
        figures = try HostFigures()
        breaker = try StorageBreaker(seats: seats, most: responders / 2)
        let (board, figures) = (board, figures)
        let streams = limits.streams?.seats
        operations = Operations(try RequestMetrics(Surface.all.flatMap(\.endpoints).map(\.operation))) { text in
            figures.write(to: &text)
            text.family("responders", .gauge, "Processes that answer requests.")
            text.sample([], responders)
            text.family("responders_busy", .gauge, "Of them, those that have a request.")
            text.sample([], board.busy)
            text.family("streams", .gauge, "Event streams that are open.")
            text.sample([], streams?.taken(at: Clock.monotonicMilliseconds) ?? 0)
        }
        hangMilliseconds = Int64(configuration.hangSeconds) * 1000
    }

    /// From here on nothing can connect, and nginx answers 503. Connections that were made before are in the socket's
    /// queue, and the responders answer them before they end.
    /// - Throws: `PosixError` when the socket cannot be closed.
    func close() throws(PosixError) {
        if try socket?.close() == true {
            board.isClosing = true
            auditSocket?.letGo()
        }
    }

    /// The descriptors that a process of a role keeps.
    func descriptors(of role: Role) -> [Int32] {
        switch role {
        case .responder: [socket?.raw ?? -1, handovers.sendEnd]
        case .events: [handovers.receiveEnd]
        case .audit: [auditSocket?.raw ?? -1]
        case .dispatcher, .housekeeper, .scheduler, .webhooks: []
        }
    }

    /// The whole life of a process of the service.
    /// - Parameter seat: on the board; nil when the process is not watched.
    func run(_ role: Role, _ files: ServiceFiles, seat: Int?) -> Never {
        Log.process = role.rawValue
        UnreadableJobs.report = { job, column in
            Log.warning("job of another version left out", ("job", .string(job)), ("column", .string(column)))
        }
        do {
            let configuration = role.configuration(configuration)
            let loop = try ServiceLoop(Heartbeat(board, seat: seat, limit: hangMilliseconds))
            switch role {
            case .responder:
                try Responder(
                    loop, configuration, files, socket: socket?.raw ?? -1, handovers: handovers, board: board,
                    seat: seat, breaker: breaker, limits: limits, workers: workers,
                    operations: operations
                ).run()
            case .dispatcher: try Dispatcher(loop, configuration, catalogs: files.catalogs, figures: figures).run()
            case .housekeeper: try Housekeeper(loop, configuration, keys: files.keys).run()
            case .scheduler: try Scheduler(loop, configuration, catalogs: files.catalogs).run()
            case .webhooks:
                try WebhookService(loop, configuration, catalogs: files.catalogs, keys: files.keys).run()
            case .events:
                try EventService(loop, configuration, handovers: handovers, seats: limits.streams?.seats).run()
            case .audit:
                try TransferService(loop, configuration, socket: auditSocket?.raw ?? -1, figures: figures).run()
            }
            _exit(0)
        } catch {
            Log.error("process failed", ("error", .string(String(reflecting: error))))
            _exit(1)
        }
    }
}
