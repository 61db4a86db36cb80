import Glibc
import Posix

/// What /proc says of processes.
enum Process {
    static func words(_ path: String, _ separator: UInt8 = 0) -> [String] {
        let bytes = (try? FileDescriptor.open(path, O_RDONLY).readAll()) ?? []
        return bytes.split(separator: separator).map { String(decoding: $0, as: UTF8.self) }
    }

    static func name(_ pid: pid_t) -> String { words("/proc/\(pid)/comm", 10).first ?? "" }

    static func children(of pid: pid_t) -> [pid_t] {
        words("/proc/\(pid)/task/\(pid)/children", 32).compactMap { pid_t($0) }
    }

    /// Children of a kind ("responder", "export", …) that are alive.
    static func named(_ kind: String, under pid: pid_t) -> [pid_t] {
        children(of: pid).filter { name($0) == "pst-\(kind)" && state($0) != "Z" }
    }

    /// The letter that ps shows, nil when there is no such process.
    static func state(_ pid: pid_t) -> String? { status(pid, 0) }
    static func parent(of pid: pid_t) -> pid_t { status(pid, 1).flatMap { pid_t($0) } ?? 0 }

    /// A field of /proc/…/stat, counted from the state; the name before it may hold anything.
    private static func status(_ pid: pid_t, _ field: Int) -> String? {
        let bytes = (try? FileDescriptor.open("/proc/\(pid)/stat", O_RDONLY).readAll()) ?? []
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(end + 1)...].split(separator: 32)
        return field < fields.count ? String(decoding: fields[field], as: UTF8.self) : nil
    }

    static func owner(_ pid: pid_t) -> uid_t {
        var info = stat()
        return stat("/proc/\(pid)", &info) == 0 ? info.st_uid : getuid()
    }

    /// Where its descriptors lead.
    static func descriptors(of pid: pid_t) -> [Int32: String] {
        var result: [Int32: String] = [:]
        for text in (try? File.names(in: "/proc/\(pid)/fd")) ?? [] {
            guard let number = Int32(text) else { continue }
            var buffer = [UInt8](repeating: 0, count: 512)
            let count = readlink("/proc/\(pid)/fd/\(text)", &buffer, buffer.count)
            if count > 0 { result[number] = String(decoding: buffer[..<count], as: UTF8.self) }
        }
        return result
    }

    static func all() -> [pid_t] { ((try? File.names(in: "/proc")) ?? []).compactMap { pid_t($0) } }

    /// Bytes of a file, 0 when it is not there.
    static func size(of path: String) -> Int64 { ((try? File.status(path)) ?? nil)?.size ?? 0 }
}
