import Posix
import Synchronization

/// Stands on a unix socket before a server on another one (PostgreSQL, FastCGI), and passes bytes on, late, or not at
/// all: what a network does to connections.
///
///     client ──▶ path ── a thread with `ProxyLoop` ──▶ target
///
/// It listens for as long as the server does, so that a server that is away refuses connections here as well.
package final class Proxy: Sendable {
    package enum Link: Equatable, Sendable {
        case up
        /// As if all packets were lost: connections stay, new ones are begun, and nothing passes. What was sent
        /// meanwhile arrives when the link is up again.
        case silent
        case delayed(milliseconds: Int64)
    }

    private let orders: ProxyOrders
    private let thread: Background
    private let isStopped = Mutex(false)

    /// Listens at a path before a server's socket.
    /// - Throws: `PosixError` when there are no descriptors for it; `Unmet` when the server does not listen.
    package init(_ path: String, to target: String) throws {
        let orders = try ProxyOrders(path: path, target: target)
        self.orders = orders
        thread = Background { ProxyLoop(orders).run() }
        let listens = eventually(within: 10) {
            guard let probe = try? UnixSocket.connected(to: path) else { return false }
            UnixSocket.close(probe)
            return true
        }
        guard listens else {
            stop()
            throw Unmet("nothing listens at \(target)")
        }
    }

    deinit { stop() }

    package func set(_ link: Link) { orders.change { $0.link = link } }

    /// Ends all connections at once.
    package func cut() { orders.change { $0.cutsAll = true } }

    /// The server's answer to the next bytes of a client that hold `words` is taken and thrown away, and the connection
    /// is cut: the server has done it, and the client does not know.
    package func swallowAnswer(to words: String) { orders.change { $0.swallowing = Array(words.utf8) } }

    /// The next bytes of a client that hold `words` are taken and thrown away, and the connection stays: each end waits
    /// for the other.
    package func lose(_ words: String) { orders.change { $0.losing = Array(words.utf8) } }

    /// How many answers were thrown away.
    package var swallowed: Int { orders.wishes.withLock { $0.swallowed } }

    /// Ends all connections and listens no more; a second call does nothing.
    package func stop() {
        let already = isStopped.withLock { value in
            defer { value = true }
            return value
        }
        if already { return }
        orders.change { $0.isOver = true }
        thread.join()
    }
}

/// What a test wants of a proxy, for its thread.
final class ProxyOrders: Sendable {
    struct Wishes {
        var link = Proxy.Link.up
        var cutsAll = false
        var swallowing: [UInt8]?
        var swallowed = 0
        var losing: [UInt8]?
        var isOver = false
    }

    let path: String
    let target: String
    let wishes = Mutex(Wishes())
    /// The far end becomes readable when the wishes have changed.
    let bell: (near: Int32, far: Int32)

    init(path: String, target: String) throws(PosixError) {
        self.path = path
        self.target = target
        bell = try lifeline()
    }

    deinit {
        UnixSocket.close(bell.near)
        UnixSocket.close(bell.far)
    }

    func change(_ body: (inout Wishes) -> Void) {
        wishes.withLock { body(&$0) }
        _ = UnixSocket.send([0], to: bell.near)
    }
}
