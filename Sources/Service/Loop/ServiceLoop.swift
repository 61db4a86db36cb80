import Posix

/// The one place in which a process of the service waits: for its signals, the queue, descriptors of its own, and the
/// next time at which something is due.
///
///     wait ──▶ signals: TERM drains, INT stops ──▶ the process's turn ──▶ wait
///
/// `phase` tells a process whether it is to drain or to stop; it ends by itself when it has done so.
final class ServiceLoop {
    enum Phase {
        case working
        /// TERM: work that has begun is finished, and no other begins.
        case draining
        /// INT: work that has begun is given up.
        case stopping
    }

    /// The senders whose signals a process obeys.
    enum Sender {
        case anyone
        /// A signal that reaches every process of the service at once, its supervisor too, is left to the supervisor.
        case supervisor
    }

    struct Wake {
        /// In the order in which they are numbered.
        let signals: [Signal]
        /// Whether the queue's socket became readable, or the pipe of the probe that tries to connect.
        let queue: Bool
        /// A flag for each of the process's own descriptors, those that are written to last.
        let ready: [Bool]

        var isTimeOut: Bool { signals.isEmpty && !queue && !ready.contains(true) }
    }

    private(set) var phase = Phase.working
    private let signals: SignalDescriptor
    private let sender: Sender
    let heartbeat: Heartbeat

    /// - Throws: `PosixError` when there is no descriptor for the signals.
    init(obeying sender: Sender = .supervisor, _ heartbeat: Heartbeat) throws(PosixError) {
        self.sender = sender
        self.heartbeat = heartbeat
        signals = try SignalDescriptor([.terminate, .interrupt, .hangUp, .child])
    }

    /// Waits until a descriptor is readable, a signal has come, or it is time; beats meanwhile.
    /// - Parameters:
    ///   - descriptors: the process's own; -1 stands for no descriptor.
    ///   - writing: those of them, once more, that are waited for until they have room.
    ///   - due: monotonic milliseconds.
    ///   - waiting: a wait in place of poll(2): takes descriptors and milliseconds, returns a flag for each descriptor.
    ///     It is called once, so the wait may end before its time.
    /// - Throws: `PosixError` when the kernel cannot wait.
    func wait(
        _ descriptors: [Int32] = [], writing: [Int32] = [], queue link: QueueLink? = nil, until due: Int64,
        by waiting: (([Int32], Int64) throws(PosixError) -> [Bool])? = nil
    ) throws(PosixError) -> Wake {
        let watched = [signals.raw, link?.descriptor ?? -1] + descriptors
        var ready: [Bool]
        var left: Int64
        repeat {
            left = max(0, due - Clock.monotonicMilliseconds)
            let milliseconds = min(left, heartbeat.interval)
            if let waiting {
                ready = try waiting(watched, milliseconds)
                left = 0
            } else {
                ready = try waitReadable(watched, writing: writing, milliseconds: milliseconds)
                left -= milliseconds
            }
            heartbeat.beat()
        } while left > 0 && !ready.contains(true)
        return Wake(signals: ready[0] ? take() : [], queue: ready[1], ready: Array(ready.dropFirst(2)))
    }

    /// Whether a signal waits to be taken.
    var isSignalled: Bool { ((try? waitReadable([signals.raw], milliseconds: 0)) ?? [true])[0] }

    private func take() -> [Signal] {
        let received = sender == .anyone ? signals.pending() : signals.pendingOfOwn()
        for signal in received { phase = phase.after(signal) }
        return received
    }
}

extension ServiceLoop.Phase {
    /// A service that stops does not go back to draining.
    func after(_ signal: Signal) -> Self {
        switch signal {
        case .interrupt: .stopping
        case .terminate where self == .working: .draining
        case .terminate, .hangUp, .child, .kill: self
        }
    }
}
