import Glibc
import Jobs
import Posix

/// A child that tries whether the queue accepts a connection, for a process that must not wait: libpq blocks while it
/// connects, up to ten seconds for each address of a server that does not answer, and while it resolves names.
///
/// It writes one line into a pipe: `+` for a connection, or the error.
final class ConnectionProbe {
    enum Verdict: Equatable {
        case undecided, reachable
        case failed(String)
    }

    /// Becomes readable when there is a verdict.
    let pipe: Int32
    /// Monotonic milliseconds.
    let startedAt = Clock.monotonicMilliseconds
    private let pid: pid_t

    /// Less than a pipe takes in one write.
    private static let limit = 500

    init(_ conninfo: String, applicationName: String) throws(PosixError) {
        let pipe = try Pipe()
        let output = pipe.writeEnd.raw
        try pipe.readEnd.setNonblocking()
        pid = try ChildProcess.fork(name: "pst-probe", keeping: [output]) {
            var answer = "+"
            do {
                _ = try Queue.connect(conninfo, applicationName: applicationName)
            } catch {
                answer = String(reflecting: error)
            }
            try? Array(answer.utf8.prefix(Self.limit)).withUnsafeBytes { try writeAll($0, to: output) }
            _exit(0)
        }
        self.pipe = pipe.takeReadEnd()
    }

    deinit {
        close(pipe)
        // A process that reaps all of its children may have been faster, and the number may be another's by now: only
        // a child of ours that has not been reaped is killed.
        guard waitpid(pid, nil, WNOHANG) == 0 else { return }
        ChildProcess.send(.kill, to: pid)
        _ = try? retryingInterrupts("waitpid") { waitpid(pid, nil, 0) }
    }

    /// Does not wait.
    func verdict() -> Verdict {
        var answer = [UInt8](repeating: 0, count: Self.limit)
        guard let count = try? retryingInterrupts("read", { read(pipe, &answer, answer.count) }) else {
            return .undecided
        }
        let text = String(decoding: answer[..<count], as: UTF8.self)
        return text == "+" ? .reachable : .failed(text.isEmpty ? "the process that tried to connect has ended" : text)
    }
}
