import Configuration
import Glibc
import JSON
import Jobs
import Posix
import Postgres

/// Completes the audit: takes what nginx logs of the internal location and records what was really sent.
///
///     nginx ── datagram ──▶ socket ──▶ pending (bounded) ── a fifth of a second ──▶ report_download_transfers
///
/// The socket is the supervisor's, so what arrives while this process is being replaced waits in it. While the database is
/// away the messages wait here; beyond `pendingLimit` the newest are given up and counted in the log. nginx never waits: what
/// the socket has no room for is lost, and nginx says so in its error log.
final class TransferService {
    private let configuration: Configuration
    private let socket: Int32
    private let signals: SignalDescriptor
    private var pending: [JSON] = []
    /// Messages given up since the log last said so.
    private var lost = 0
    private var queue: Queue?
    /// Monotonic milliseconds at which what is pending is written.
    private var flushAt: Int64 = 0
    private var failures = 0

    private static let delayMilliseconds: Int64 = 200
    private static let batch = 500
    private static let pendingLimit = 20_000
    /// A connection that has had nothing to do for so long is closed.
    private static let idleMilliseconds: Int64 = 30_000

    /// - Parameter socket: a datagram socket that does not wait; the supervisor's.
    init(_ configuration: Configuration, socket: Int32) throws {
        self.configuration = configuration
        self.socket = socket
        signals = try SignalDescriptor([.terminate, .interrupt, .hangUp])
    }

    func run() throws {
        while true {
            let now = Clock.monotonicMilliseconds
            let wait = pending.isEmpty ? Self.idleMilliseconds : max(0, flushAt - now)
            let ready = try waitReadable([signals.raw, socket], milliseconds: wait)
            if ready[1] { receive() }
            if ready[0] {
                let received = signals.pendingOfOwn()
                if received.contains(.terminate) || received.contains(.interrupt) { return end() }
            }
            if pending.isEmpty {
                if !ready.contains(true) { queue = nil }
            } else if Clock.monotonicMilliseconds >= flushAt {
                flush()
            }
        }
    }

    /// Takes everything that is waiting on the socket.
    private func receive() {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return }
            guard let message = TransferMessage(Array(buffer[..<count])) else {
                Log.warning("message on the audit socket not understood", ("bytes", .int(count)))
                continue
            }
            guard pending.count < Self.pendingLimit else {
                lost += 1
                continue
            }
            if pending.isEmpty, failures == 0 { flushAt = Clock.monotonicMilliseconds + Self.delayMilliseconds }
            pending.append(message.json)
        }
    }

    /// Writes what is pending, a batch after the other, with a look at the socket in between.
    private func flush() {
        while !pending.isEmpty {
            let batch = Array(pending.prefix(Self.batch))
            do {
                _ = try connected().record(transfers: batch)
                if failures > 0 { Log.info("transfers are recorded again") }
                failures = 0
            } catch let error as PostgresError where !error.isTransient {
                // Another try would be refused as well.
                lost += batch.count
                Log.error("transfers refused", ("error", .string(error.debugDescription)))
            } catch {
                if failures == 0 { Log.error("transfers wait", ("error", .string(String(reflecting: error)))) }
                queue = nil
                flushAt = Clock.monotonicMilliseconds + min(5_000, Int64(200) << Int64(min(failures, 5)))
                failures += 1
                return tellLost()
            }
            pending.removeFirst(batch.count)
            receive()
        }
        tellLost()
    }

    private func connected() throws -> Queue {
        if let queue, queue.connection.isUsable { return queue }
        let queue = Queue(
            try Connection(configuration.databaseURL, applicationName: "penstock audit", settings: Queue.settings))
        self.queue = queue
        return queue
    }

    private func tellLost() {
        guard lost > 0 else { return }
        Log.error("transfers lost", ("count", .int(lost)))
        lost = 0
    }

    /// The last words: what is still on the socket is taken and written, once.
    private func end() {
        receive()
        flush()
        guard !pending.isEmpty else { return }
        Log.error("transfers lost", ("count", .int(pending.count)))
    }
}
