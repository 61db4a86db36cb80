import CSystem
import Glibc

/// Limits that a process puts on itself.
package enum Limits {
    /// Lets the address space grow by at most `bytes` from its present size: a forked child inherits its parent's
    /// mappings, which count too.
    package static func limitGrowth(to bytes: UInt64) {
        guard let size = addressSpaceBytes else { return }
        set(RLIMIT_AS, size + bytes)
    }

    /// How much the address space may still grow; nil where nothing limits it.
    package static var growthLeft: Int? {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        guard limit.rlim_cur < rlim_t(Int.max), let size = addressSpaceBytes else { return nil }
        return Int(limit.rlim_cur) - Int(size)
    }

    private static var addressSpaceBytes: UInt64? {
        // statm's first number is the size in pages (proc(5)).
        guard let text = try? File.bytes(at: "/proc/self/statm"),
            let pages = UInt64(String(decoding: text.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self))
        else { return nil }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Bytes of one file; a write past it fails with EFBIG.
    package static func fileSize(_ bytes: UInt64) { set(RLIMIT_FSIZE, bytes) }
    /// Open descriptors.
    package static func descriptors(_ count: UInt64) { set(RLIMIT_NOFILE, count) }

    /// No core dumps (they would hold a tenant's rows and keys), no ptrace by others, no new privileges.
    package static func hardenProcess() {
        set(RLIMIT_CORE, 0)
        _ = penstock_set_dumpable(0)
        _ = penstock_set_no_new_privileges()
    }

    /// Makes the kernel's OOM killer take this process before those that have not called this. Called after
    /// `hardenProcess`, which hides the file that has to be written from all but root.
    package static func preferAsVictim() {
        _ = penstock_set_dumpable(1)
        if let file = try? FileDescriptor.open("/proc/self/oom_score_adj", O_WRONLY) {
            _ = Array("500".utf8).withUnsafeBytes { write(file.raw, $0.baseAddress, $0.count) }
        }
        _ = penstock_set_dumpable(0)
    }

    /// Adds `increment` to the process's niceness; the scheduler then prefers the responders.
    package static func lowerPriority(by increment: Int32) {
        _ = nice(increment)
    }

    /// The most memory that this process has had resident, in bytes.
    package static var peakResidentBytes: Int64 {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int64(usage.ru_maxrss) * 1024
    }

    private static func set(_ resource: __rlimit_resource, _ value: UInt64) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(resource.rawValue), &limit)
        limit.rlim_cur = min(rlim_t(value), limit.rlim_max)
        setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
    }
}
