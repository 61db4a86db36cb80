import CSystem
import Glibc

/// Forking and reaping.
///
/// A parent has one thread, or the fork is refused: a child would inherit the other thread's locks in their present
/// state. A child never returns into its parent's code: it enters a function of type `Never` and ends in `_exit`, so
/// that no deinit, buffer or atexit handler of the parent runs twice.
package enum ChildProcess {
    /// Forks; in the child `body` runs and must not return.
    ///
    /// The child is killed when the parent's process ends (PDEATHSIG) and closes the descriptors that it does not keep.
    /// All of `Signal` are blocked in it: no signal can end it before it has decided how to treat them, and a child
    /// that decides nothing can only be killed.
    /// - Parameters:
    ///   - name: the name in top and ps, at most 15 bytes.
    ///   - keeping: descriptors above 2 that the child may use.
    /// - Returns: the child's process id.
    package static func fork(name: String, keeping: [Int32], _ body: () -> Never) throws(PosixError) -> pid_t {
        guard threadCount == 1 else { throw PosixError("fork", errorNumber: EDEADLK, subject: name) }
        let parent = getpid()
        let (pid, number) = SignalDescriptor.blocking {
            let pid = penstock_fork()
            let number = errno
            if pid == 0 { start(name, under: parent, keeping, body) }
            return (pid, number)
        }
        if pid < 0 { throw PosixError("fork", errorNumber: number, subject: name) }
        return pid
    }

    private static func start(_ name: String, under parent: pid_t, _ keeping: [Int32], _ body: () -> Never) -> Never {
        _ = penstock_set_parent_death_signal(SIGKILL)
        // The parent may have gone between fork and prctl; then no signal would ever reach this child.
        if getppid() != parent { _exit(0) }
        _ = penstock_set_process_name(name)
        closeAll(keeping: keeping)
        body()
    }

    /// Gives this process another name, at most 15 bytes.
    package static func rename(_ name: String) { _ = penstock_set_process_name(name) }

    /// Closes every descriptor above 2 that is not in `keeping`.
    package static func closeAll(keeping: [Int32]) {
        var next: UInt32 = 3
        for descriptor in keeping.sorted() where descriptor >= 3 {
            if UInt32(descriptor) > next { _ = penstock_close_range(next, UInt32(descriptor) - 1) }
            next = UInt32(descriptor) + 1
        }
        _ = penstock_close_range(next, UInt32.max)
    }

    /// The children that have ended since the last call. SIGCHLD coalesces, so all of them are asked for.
    package static func reap() -> [ChildExit] {
        var exits: [ChildExit] = []
        while true {
            var info = siginfo_t()
            if waitid(P_ALL, 0, &info, WEXITED | WNOHANG) != 0 {
                if errno == EINTR { continue }
                return exits
            }
            let pid = info._sifields._sigchld.si_pid
            if pid == 0 { return exits }
            exits.append(
                ChildExit(
                    pid: pid,
                    how: info.si_code == Int32(CLD_EXITED)
                        ? .exited(info._sifields._sigchld.si_status)
                        : .signalled(info._sifields._sigchld.si_status)))
        }
    }

    /// Sends a signal; a process that is gone is no error.
    package static func send(_ signal: Signal, to pid: pid_t) {
        _ = kill(pid, signal.rawValue)
    }

    /// Threads of this process, 0 when they cannot be counted; a fork is only safe while it is 1.
    package static var threadCount: Int {
        (try? File.names(in: "/proc/self/task").count) ?? 0
    }
}

/// How a child ended.
package struct ChildExit: Sendable, CustomStringConvertible {
    package enum How: Equatable, Sendable {
        /// exit status
        case exited(Int32)
        /// signal number
        case signalled(Int32)
    }

    package let pid: pid_t
    package let how: How

    package init(pid: pid_t, how: How) {
        self.pid = pid
        self.how = how
    }

    /// Whether it was killed from outside (kill -9, the kernel's OOM killer), and did not end by a fault of its own.
    package var wasKilled: Bool {
        switch how {
        case .exited: false
        case .signalled(let number): [SIGKILL, SIGTERM, SIGINT, SIGHUP].contains(number)
        }
    }

    package var description: String {
        switch how {
        case .exited(let status): "exited with status \(status)"
        case .signalled(let number): "was killed by signal \(number) (\(String(cString: strsignal(number))))"
        }
    }
}
