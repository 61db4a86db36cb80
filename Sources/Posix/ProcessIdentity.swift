import Glibc

/// A process, told apart from every other of its kernel, also from a later one with the same number. Processes of one
/// kernel and one PID namespace can see of each other whether they are gone.
package struct ProcessIdentity: Sendable, Equatable {
    /// The kernel's boot and the PID namespace; it has no meaning elsewhere.
    package let kernel: String
    /// The process id, and when the process started, in ticks since the boot.
    package let process: String

    package init(kernel: String, process: String) {
        self.kernel = kernel
        self.process = process
    }

    /// This process; nil where the kernel does not tell.
    package static var own: ProcessIdentity? {
        guard let boot = try? File.bytes(at: "/proc/sys/kernel/random/boot_id", limit: 64),
            let namespace = link("/proc/self/ns/pid"), let start = start(of: getpid())
        else { return nil }
        let id = String(decoding: boot.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return ProcessIdentity(kernel: "\(id) \(namespace)", process: "\(getpid()) \(start)")
    }

    /// Whether a process of this kernel is gone; false when that cannot be told.
    /// - Parameter process: as its identity has it.
    package static func isGone(_ process: String) -> Bool {
        let pieces = process.split(separator: " ")
        guard pieces.count == 2, let pid = pid_t(pieces[0]), pid > 0 else { return false }
        // It may be another user's (EPERM), whose /proc is hidden.
        if kill(pid, 0) != 0 { return errno == ESRCH }
        guard let start = start(of: pid) else { return false }
        return start != pieces[1]
    }

    /// Fields 3 and 22 of proc_pid_stat(5). The name in field 2 may hold any character.
    /// - Returns: the start in ticks since the boot, `gone` for a process that is dead and not reaped yet; nil when it
    ///   cannot be read.
    private static func start(of pid: pid_t) -> String? {
        guard let bytes = try? File.bytes(at: "/proc/\(pid)/stat", limit: 4096),
            let name = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: bytes[(name + 1)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 19 else { return nil }
        return ["Z", "X"].contains(fields[0]) ? "gone" : String(fields[19])
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 128)
        guard readlink(path, &buffer, buffer.count - 1) > 0 else { return nil }
        return buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}
