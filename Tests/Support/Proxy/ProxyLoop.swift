import Glibc
import Posix
import Synchronization

/// The thread of a proxy: it waits for its sockets and moves bytes between them.
final class ProxyLoop {
    private let orders: ProxyOrders
    private var listener: Int32?
    private var pairs: [ProxyPair] = []

    /// Milliseconds between two looks whether a server that is away is back.
    private static let lookMilliseconds: Int64 = 20

    init(_ orders: ProxyOrders) {
        self.orders = orders
    }

    func run() {
        while true {
            let wishes = orders.wishes.withLock { wishes in
                defer { wishes.cutsAll = false }
                return wishes
            }
            if wishes.cutsAll || wishes.isOver { pairs = [] }
            if wishes.isOver { return close() }
            if listener == nil, let probe = try? UnixSocket.connected(to: orders.target) {
                UnixSocket.close(probe)
                listener = try? UnixSocket.listening(at: orders.path)
            }
            wait(wishes.link)
        }
    }

    private func close() {
        listener.map(UnixSocket.close)
        listener = nil
        unlink(orders.path)
    }

    /// Waits until something can be done, and does it.
    private func wait(_ link: Proxy.Link) {
        let now = Clock.monotonicMilliseconds
        var due = listener == nil ? now + Self.lookMilliseconds : .max
        var entries = [orders.bell.far, listener ?? -1].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        for pair in pairs {
            for (descriptor, events) in pair.wanted(at: now) {
                let isPolled = link != .silent && events != 0
                entries.append(pollfd(fd: isPolled ? descriptor : -1, events: events, revents: 0))
            }
            due = min(due, pair.due(after: now))
        }
        guard poll(&entries, nfds_t(entries.count), due == .max ? -1 : Int32(clamping: due - now)) >= 0 else { return }
        if entries[0].revents != 0 { _ = try? UnixSocket.received(from: orders.bell.far) }
        var delay: Int64 = 0
        if case .delayed(let milliseconds) = link { delay = milliseconds }
        var left: [ProxyPair] = []
        for (number, pair) in pairs.enumerated() {
            let (client, server) = (entries[2 + 2 * number].revents, entries[3 + 2 * number].revents)
            if link == .silent || pair.move(client, server, delay, orders) { left.append(pair) }
        }
        pairs = left
        if entries[1].revents != 0 { accept() }
    }

    private func accept() {
        guard let listener, let client = UnixSocket.accepted(from: listener) else { return }
        if let server = try? UnixSocket.connected(to: orders.target) {
            pairs.append(ProxyPair(client: client, server: server))
        } else {
            UnixSocket.close(client)
            close()
        }
    }
}

/// A client's connection and the one to the server that belongs to it; closed with the value.
final class ProxyPair {
    private struct Flow {
        var bytes: ArraySlice<UInt8> = []
        /// Monotonic milliseconds before which the bytes are not passed on.
        var due: Int64 = 0
        /// Whether its sender has ended it.
        var isOver = false
    }

    private let client: Int32
    private let server: Int32
    private var up = Flow()
    private var down = Flow()
    private var swallows = false

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
    }

    /// Also for a program that was started in the moment in which the descriptor was still inherited.
    deinit {
        for descriptor in [client, server] {
            shutdown(descriptor, Int32(SHUT_RDWR))
            UnixSocket.close(descriptor)
        }
    }

    /// What is waited for at the client's and at the server's descriptor.
    func wanted(at now: Int64) -> [(Int32, Int16)] {
        func events(reading: Flow, writing: Flow) -> Int16 {
            (reading.bytes.isEmpty && !reading.isOver ? Int16(POLLIN) : 0)
                | (!writing.bytes.isEmpty && writing.due <= now ? Int16(POLLOUT) : 0)
        }
        return [(client, events(reading: up, writing: down)), (server, events(reading: down, writing: up))]
    }

    func due(after now: Int64) -> Int64 {
        [up, down].filter { !$0.bytes.isEmpty && $0.due > now }.map(\.due).min() ?? .max
    }

    /// Reads and writes what the descriptors are ready for.
    /// - Returns: whether the connection goes on.
    func move(_ clientEvents: Int16, _ serverEvents: Int16, _ delay: Int64, _ orders: ProxyOrders) -> Bool {
        do throws(PosixError) {
            if clientEvents != 0, let bytes = try take(from: client, into: &up, delay) { look(bytes, orders) }
            if serverEvents != 0, let bytes = try take(from: server, into: &down, delay), swallows, !bytes.isEmpty {
                orders.wishes.withLock { $0.swallowed += 1 }
                return false
            }
        } catch {
            return false
        }
        let now = Clock.monotonicMilliseconds
        return pass(&up, to: server, now) && pass(&down, to: client, now) && !(up.isOver && down.isOver)
    }

    private func take(from descriptor: Int32, into flow: inout Flow, _ delay: Int64) throws(PosixError) -> [UInt8]? {
        guard flow.bytes.isEmpty, !flow.isOver, let bytes = try UnixSocket.received(from: descriptor) else {
            return nil
        }
        flow.bytes = bytes[...]
        flow.due = Clock.monotonicMilliseconds + delay
        flow.isOver = bytes.isEmpty
        return bytes
    }

    private func pass(_ flow: inout Flow, to descriptor: Int32, _ now: Int64) -> Bool {
        if flow.isOver { shutdown(descriptor, Int32(SHUT_WR)) }
        guard !flow.bytes.isEmpty, flow.due <= now else { return true }
        guard let count = UnixSocket.send(flow.bytes, to: descriptor) else { return false }
        flow.bytes.removeFirst(count)
        return true
    }

    private func look(_ bytes: [UInt8], _ orders: ProxyOrders) {
        orders.wishes.withLock { wishes in
            if let words = wishes.losing, bytes.firstRange(of: words) != nil {
                wishes.losing = nil
                up.bytes = []
            }
            guard let words = wishes.swallowing, bytes.firstRange(of: words) != nil else { return }
            wishes.swallowing = nil
            swallows = true
        }
    }
}
