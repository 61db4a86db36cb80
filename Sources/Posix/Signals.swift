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
    /// Finish what is under way, then end.
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
        var result: [Signal] = []
        while case let number = penstock_next_signal(descriptor.raw), number != 0 {
            if let signal = Signal(rawValue: number) { result.append(signal) }
        }
        return result
    }

    /// Unblocks everything: what a forked child does before it makes its own choice.
    package static func unblockAll() {
        var set = sigset_t()
        sigemptyset(&set)
        sigprocmask(SIG_SETMASK, &set, nil)
    }

    /// Blocks all of `Signal` around a fork, so that the child cannot be signalled before it has its own mask.
    package static func block(_ signals: [Signal]) {
        var set = Self.set(signals)
        sigprocmask(SIG_BLOCK, &set, nil)
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
