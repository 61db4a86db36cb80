import CSystem
import Glibc

/// The signals that Penstock's processes act on.
package enum Signal: Int32, Sendable, CaseIterable {
    /// Reload catalogs and keys.
    case hangUp = 1
    /// Stop now.
    case interrupt = 2
    /// Sent to a child that shall end at once.
    case kill = 9
    /// Finish the work that has begun, then end.
    case terminate = 15
    /// A child changed its state.
    case child = 17
}

/// Signals as readable events: blocked for the process, taken from a signalfd(2) in the process's one poll.
///
/// No Swift code runs in a signal handler, and no signal can interrupt a library between two of its calls; that
/// libfcgi mistakes an interrupted read for the end of the parameters (it has no EINTR handling) is one reason.
package struct SignalDescriptor: ~Copyable {
    private let descriptor: FileDescriptor

    package var raw: Int32 { descriptor.raw }

    /// Blocks `signals` and opens a descriptor that becomes readable when one of them is pending.
    package init(_ signals: [Signal]) throws(PosixError) {
        let numbers = signals.map(\.rawValue)
        descriptor = FileDescriptor(
            owning: try retryingInterrupts("signalfd") {
                penstock_signal_descriptor(numbers, Int32(numbers.count))
            })
    }

    /// The signals that have come since the last call.
    package borrowing func pending() -> [Signal] {
        received().map(\.signal)
    }

    /// The signals that have come since the last call and were meant for this process alone.
    ///
    /// Ctrl-C at a terminal (sent by the kernel) and systemd's control-group stop (sent by process 1) reach every
    /// process of a service at once, its supervisor too. The supervisor then tells its children in order, and the
    /// signals that they got directly are left out here: a responder that ends before the socket is closed would leave
    /// callers waiting, and an export that should be drained would be lost.
    package borrowing func pendingOfOwn() -> [Signal] {
        let parent = getppid()
        return received().filter { $0.sender > 1 || $0.sender == parent }.map(\.signal)
    }

    private borrowing func received() -> [(signal: Signal, sender: pid_t)] {
        var result: [(Signal, pid_t)] = []
        var sender: pid_t = 0
        while case let number = penstock_next_signal(descriptor.raw, &sender), number != 0 {
            if let signal = Signal(rawValue: number) { result.append((signal, sender)) }
        }
        return result
    }

    /// Blocks all of `Signal` while `body` runs, and puts the mask back as it was.
    static func blocking<Value>(_ body: () -> Value) -> Value {
        var set = Self.set(Signal.allCases)
        var before = sigset_t()
        sigprocmask(SIG_BLOCK, &set, &before)
        defer { sigprocmask(SIG_SETMASK, &before, nil) }
        return body()
    }

    /// Blocks `signals` for this process from now on.
    package static func block(_ signals: [Signal]) {
        var set = Self.set(signals)
        sigprocmask(SIG_BLOCK, &set, nil)
    }

    /// For a process that becomes another program, which would inherit the mask.
    static func unblockAll() {
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
    }

    private static func set(_ signals: [Signal]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal.rawValue) }
        return set
    }
}

/// Ignores SIGPIPE and SIGXFSZ for the process: a write to a closed socket or past RLIMIT_FSIZE then fails with an
/// errno that is handled, instead of ending the process.
package func ignoreWriteSignals() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
}
