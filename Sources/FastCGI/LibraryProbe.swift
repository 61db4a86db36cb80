import CFastCGI
import CSystem
import Glibc
import Posix

/// Whether the libfcgi that is linked refuses parameter lengths whose sum overflows (CVE-2025-23016).
///
/// libfcgi carries no version, and distributions mend it under an old number (Debian's 2.4.2-2+deb12u1, upstream's
/// 2.4.5), so the library itself is asked. A child hands it a request of its own, over a socket pair: a name of
/// 0x7FFFFFFF bytes beside an empty value, and the other way round. Each makes the unmended sum negative.
///
///     mended      the length alone is refused: the connection is closed, the next accept fails
///     unmended    malloc(0xFFFFFFFF80000001) fails, and the library's own assertion aborts the child
///
/// The pair of lengths that overwrites the heap is not sent: nothing is ever written out of bounds, not even in the
/// child.
package enum LibraryProbe {
    package enum Verdict: Equatable, Sendable {
        case refusesOverflow
        /// A program that may connect to the socket can overwrite a responder's memory.
        case overflows
        /// The probe did not come to its end; how it ended is told.
        case unknown(String)
    }

    /// The file that the library was loaded from, where the loader tells.
    package static var libraryPath: String? {
        penstock_library_of("FCGX_Accept_r").map { String(cString: $0) }
    }

    /// Takes a few milliseconds; a child that hangs is killed after two seconds.
    package static func run() -> Verdict {
        for lengths in [[255, 255, 255, 255, 0], [0, 255, 255, 255, 255]] as [[UInt8]] {
            let verdict = ask(lengths)
            if verdict != .refusesOverflow { return verdict }
        }
        return .refusesOverflow
    }

    private static let patienceMilliseconds: Int64 = 2_000

    private static func ask(_ lengths: [UInt8]) -> Verdict {
        do {
            // No process writes into the pipe: its end tells that the child is gone.
            let pipe = try Pipe()
            let pid = try ChildProcess.fork(name: "pst-probe", keeping: [pipe.writeEnd.raw]) { beRefused(lengths) }
            let end = pipe.takeReadEnd()
            defer { close(end) }
            let isGone = try waitReadable([end], milliseconds: patienceMilliseconds)[0]
            if !isGone { ChildProcess.send(.kill, to: pid) }
            var status: Int32 = 0
            try retryingInterrupts("waitpid") { waitpid(pid, &status, 0) }
            guard isGone else { return .unknown("it did not answer within two seconds") }
            return verdict(status)
        } catch {
            return .unknown(error.debugDescription)
        }
    }

    private static func verdict(_ status: Int32) -> Verdict {
        switch status & 0x7F {
        case 0: status == 0 ? .refusesOverflow : .unknown("it took the parameters for good ones")
        case SIGABRT, SIGSEGV, SIGBUS: .overflows
        case let number: .unknown(ChildExit(pid: 0, how: .signalled(number)).description)
        }
    }

    /// In the child: status 0 when the library has refused the request, 1 when it has believed it.
    private static func beRefused(_ lengths: [UInt8]) -> Never {
        // A crash is an answer here: no core, no backtrace, no words on the terminal.
        Limits.hardenProcess()
        for number in [SIGABRT, SIGSEGV, SIGBUS] { signal(number, SIG_DFL) }
        try? FileDescriptor.silence(2)
        var ends: (Int32, Int32) = (-1, -1)
        let made = withUnsafeMutableBytes(of: &ends) {
            socketpair(
                AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, $0.baseAddress?.assumingMemoryBound(to: Int32.self))
        }
        let parameters = lengths + Array("probe".utf8)
        let bytes =
            [1, 1, 0, 1, 0, 8, 0, 0] + [0, 1, 0, 0, 0, 0, 0, 0]  // BEGIN_REQUEST, responder
            // PARAMS, and their end.
            + [1, 4, 0, 1, 0, UInt8(parameters.count), 0, 0] + parameters + [1, 4, 0, 1, 0, 0, 0, 0]
        guard made == 0, write(ends.0, bytes, bytes.count) == bytes.count, close(ends.0) == 0, FCGX_Init() == 0 else {
            kill(getpid(), SIGKILL)
            _exit(1)
        }
        var request = FCGX_Request()
        // No listening socket: once the connection is refused, the accept for the next one fails.
        FCGX_InitRequest(&request, -1, 0)
        request.ipcFd = ends.1
        request.keepConnection = 1
        _exit(FCGX_Accept_r(&request) == 0 ? 1 : 0)
    }
}
