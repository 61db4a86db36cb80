import API
import Configuration
import FastCGI
import HTTP
import JSON
import Posix

/// One process that answers requests, one at a time, until it is told to end.
///
/// TERM and INT are looked at between requests only, so a request that has begun is always answered. When the service
/// closes for good (the socket's file is gone, nothing can connect any more), connections that were made before are
/// answered too.
final class Responder {
    private let router: Router
    private let acceptor: Acceptor
    private let handovers: HandoverSocket
    private let board: Scoreboard
    private let seat: Int?
    private let loop: ServiceLoop
    private let seats: SharedSeats?
    private let operations: Operations
    private let time: RequestTime

    init(
        _ loop: ServiceLoop, _ configuration: Configuration, _ files: ServiceFiles, socket: Int32,
        handovers: HandoverSocket, board: Scoreboard, seat: Int?, breaker: StorageBreaker, limits: RequestLimits,
        workers: NginxWorkers?, operations: Operations
    ) throws {
        self.operations = operations
        let time = RequestTime(slowMilliseconds: configuration.slowRequestMilliseconds)
        self.time = time
        self.handovers = handovers
        self.board = board
        self.seat = seat
        self.loop = loop
        seats = limits.streams?.seats
        acceptor = try Acceptor(listeningOn: socket)
        router = try Router(
            configuration, catalogs: files.catalogs, keys: files.keys, jwks: files.jwks,
            waitingRoom: WaitingRoom(
                enter: {
                    time.pause(at: Clock.monotonicMicroseconds)
                    return board.enter(.wait, seat: seat)
                },
                leave: {
                    time.goOn(at: Clock.monotonicMicroseconds)
                    board.leave(seat: seat)
                },
                mayStay: { !board.isClosing }),
            storageGate: StorageGate(
                enter: { breaker.enter(seat: seat, for: $0) }, leave: { breaker.leave(seat: seat) }),
            previews: SharedRoom(enter: { board.enter(.preview, seat: seat) }, leave: { board.leave(seat: seat) }),
            passwords: SharedRoom(enter: { board.enter(.password, seat: seat) }, leave: { board.leave(seat: seat) }),
            limits: limits, workers: workers, operations: operations, log: .service)
    }

    /// The longest sleep; nothing depends on it.
    private static let idleMilliseconds: Int64 = 60_000

    func run() throws {
        var ending = false
        while true {
            let rest = min(Self.idleMilliseconds, router.rest() ?? .max)
            let event = try acceptor.next(
                wait: { socket throws(PosixError) in
                    let wake = try loop.wait([socket], until: ending ? 0 : Clock.monotonicMilliseconds + rest)
                    return wake.ready[0] && wake.signals.isEmpty
                },
                busy: { board.setBusy($0, seat: seat) })
            switch event {
            case .closed: return
            case .woken:
                if ending { return }
                if loop.phase != .working {
                    guard board.isClosing else { return }
                    ending = true
                }
            case .exchange(let exchange):
                answer(exchange)
                board.setBusy(false, seat: seat)
            }
        }
    }

    private func answer(_ exchange: Exchange) {
        let (request, method): (Request, Method?)
        switch Request.read(exchange) {
        case .request(let read, let known): (request, method) = (read, known)
        case .badTarget:
            return refuse(exchange, .json(["success": false, "message": "invalid_request"], status: 400))
        case .misconfigured(let reason):
            Log.error("request not understood; see nginx/penstock-fastcgi.conf", ("reason", .string(reason)))
            return refuse(exchange, .json(["success": false, "message": "internal_error"], status: 500))
        }
        time.begin(at: Clock.monotonicMicroseconds)
        let routed = router.begin(request, method: method)
        let answer = routed.answer(exchange)
        switch answer {
        case .response(let response): send(response, to: request, over: exchange)
        case .stream(let subscription): handOver(subscription, exchange)
        case nil: exchange.drop()
        }
        guard let answer else { return }
        let now = Clock.monotonicMicroseconds
        operations.requests.count(routed.operation, status: answer.status, microseconds: time.took(at: now))
        if case .response = answer {
            RequestLog.tell(
                request, routed.operation, answer.status, milliseconds: time.took(at: now) / 1000,
                isSlow: time.isSlow(at: now))
        }
    }

    /// Answers parameters that are no request; the body is not looked at.
    private func refuse(_ exchange: Exchange, _ response: Response) {
        exchange.discard()
        exchange.finish(head: (try? response.serializedHead()) ?? [], body: response.body)
    }

    /// Begins the answer and gives the connection away; this process is free for the next request.
    private func handOver(_ subscription: EventSubscription, _ exchange: Exchange) {
        do {
            try exchange.detach(head: try EventSubscription.head(subscription).serializedHead()) { connection, id in
                try handovers.send(
                    connection, with: StreamHandover(requestID: id, subscription: subscription).message)
            }
        } catch {
            // The client sees its stream end and comes back.
            if let seat = subscription.seat { seats?.leave(seat) }
            Log.error("stream not handed over", ("error", .string(String(describing: error))))
        }
    }

    private func send(_ response: Response, to request: Request, over exchange: Exchange) {
        do {
            let head = try response.serializedHead()
            exchange.finish(head: head, body: response.body(answering: request.method))
        } catch {
            // A header that would have let a client write headers of its own; nothing of the answer is sent.
            Log.error(
                "answer refused", ("request_id", .string(request.requestID)), ("error", .string(error.description)))
            let fallback = Response.json(["success": false, "message": "internal_error"], status: 500)
            exchange.finish(head: (try? fallback.serializedHead()) ?? [], body: fallback.body)
        }
    }
}

/// FastCGI parameters as a request. The names are those that nginx/penstock.conf passes, and no others are looked at.
extension Request {
    /// The result of reading an exchange's parameters.
    fileprivate enum Reading {
        /// A request without its body; the method is nil when this service does not know it.
        case request(Request, Method?)
        /// The web server's parameters cannot be understood, and why; its configuration has to be corrected.
        case misconfigured(String)
        /// The client's request target is not an address.
        case badTarget
    }

    fileprivate static func read(_ exchange: Exchange) -> Reading {
        var headers = Headers()
        var gateway = GatewayParameters()
        var singles: [String: String] = [:]
        for (name, value) in exchange.parameters {
            if let header = Headers.name(ofParameter: name) {
                headers.add(header, value)
            } else if !gateway.take(name, value) {
                // CONTENT_TYPE and others like it come once: of two, two readers could each believe another.
                if singles.updateValue(value, forKey: name) != nil { return .misconfigured("\(name) is passed twice") }
            }
        }
        func single(_ name: String) -> String? { singles[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let methodText = single("REQUEST_METHOD") else { return .misconfigured("REQUEST_METHOD is missing") }
        let path: String
        if let uri = single("DOCUMENT_URI") {
            path = uri
        } else if let target = single("REQUEST_URI") {
            guard let resolved = RequestTarget.path(target) else { return .badTarget }
            path = resolved
        } else {
            return .misconfigured("DOCUMENT_URI is missing, and REQUEST_URI too")
        }
        let method = Method(rawValue: methodText)
        let request = Request(
            method: method ?? .get, path: path, rawQuery: singles["QUERY_STRING"] ?? "", headers: headers,
            gateway: gateway, requestID: singles["PENSTOCK_REQUEST_ID"] ?? "",
            remoteAddress: singles["REMOTE_ADDR"] ?? "",
            worker: singles["PENSTOCK_WORKER"].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil },
            contentType: single("CONTENT_TYPE"))
        return .request(request, method)
    }
}
