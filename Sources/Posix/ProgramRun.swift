import CSystem
import Glibc

/// Runs another program, with an empty environment, to its end and keeps its output.
package struct ProgramRun: Sendable {
    package let exit: ChildExit
    package let output: [UInt8]
    package let errors: [UInt8]

    /// The program's path: as given, when it has a slash, else the first of that name in PATH or where daemons are.
    package static func find(_ name: String) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        let folders =
            (Host.environment("PATH") ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"]
        return folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// - Parameters:
    ///   - path: of the program.
    ///   - arguments: without its name.
    ///   - milliseconds: after which it is killed.
    ///   - limit: bytes of each stream; one that prints more is killed.
    /// - Throws: when it cannot be started; how it ended is in `exit`, 127 when it is no program.
    package init(
        _ path: String, _ arguments: [String], milliseconds: Int64 = 10_000, limit: Int = 16 << 20
    ) throws(PosixError) {
        let out = try Pipe()
        let err = try Pipe()
        let pid = try ChildProcess.fork(name: "pst-run", keeping: [out.writeEnd.raw, err.writeEnd.raw]) {
            Self.become(path, arguments, out.writeEnd.raw, err.writeEnd.raw)
        }
        let ends = [out.takeReadEnd(), err.takeReadEnd()]
        defer { for end in ends { close(end) } }
        var texts: [[UInt8]] = [[], []]
        var open = [true, true]
        let deadline = Clock.monotonicMilliseconds + milliseconds
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while open.contains(true) {
            // poll(2) passes over a negative descriptor.
            let ready = try waitReadable(
                zip(ends, open).map { $1 ? $0 : -1 }, milliseconds: max(0, deadline - Clock.monotonicMilliseconds))
            guard ready.contains(true), texts.allSatisfy({ $0.count <= limit }) else {
                ChildProcess.send(.kill, to: pid)
                break
            }
            for index in 0..<2 where ready[index] {
                let count = try retryingInterrupts("read") { read(ends[index], &chunk, chunk.count) }
                if count == 0 { open[index] = false }
                texts[index] += chunk[..<count]
            }
        }
        var status: Int32 = 0
        try retryingInterrupts("waitpid") { waitpid(pid, &status, 0) }
        let number = status & 0x7F
        exit = ChildExit(pid: pid, how: number == 0 ? .exited(status >> 8 & 0xFF) : .signalled(number))
        output = texts[0]
        errors = texts[1]
    }

    private static func become(_ path: String, _ arguments: [String], _ out: Int32, _ err: Int32) -> Never {
        try? FileDescriptor.silence(0)
        dup2(out, 1)
        dup2(err, 2)
        signal(SIGPIPE, SIG_DFL)
        SignalDescriptor.unblockAll()
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        // The environment may hold passwords of databases, which are no other program's.
        execve(path, words, [nil])
        _exit(127)
    }
}
