import CSystem
import Glibc
import Posix

/// The unix datagram socket on which nginx reports the transfers that it has made (`access_log syslog:server=unix:…`).
///
/// Made by the supervisor and held by it for as long as the service runs: a receiver that is replaced loses nothing.
/// Its mode is 0660, as the FastCGI socket's: a process that may write to it could report transfers that never were.
final class AuditSocket {
    private let descriptor: FileDescriptor
    private let path: String
    /// Keeps a second service off the path; nil where the next service may take over while this one works.
    private var lock: PathLock?

    var raw: Int32 { descriptor.raw }

    /// A file of that name from an earlier service is replaced.
    /// - Parameter exclusive: whether no other service may have the path now. False where a listening socket is passed
    ///   on from one service to the next while the first still works.
    /// - Throws: `PosixError` when the socket cannot be made, EADDRINUSE when it is another service's.
    init(_ path: String, exclusive: Bool) throws(PosixError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw PosixError("bind", errorNumber: ENAMETOOLONG, subject: path)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        var own: PathLock?
        if exclusive {
            do { own = try PathLock(path) } catch {
                throw error.errorNumber == EWOULDBLOCK
                    ? PosixError("bind", errorNumber: EADDRINUSE, subject: path) : error
            }
        }
        if let status = try File.status(path) {
            guard status.kind == .socket else { throw PosixError("bind", errorNumber: EADDRINUSE, subject: path) }
            try File.remove(path)
        }
        let raw = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw PosixError("socket") }
        let fresh = FileDescriptor(owning: raw)
        try fresh.setNonblocking()
        let mask = umask(0o117)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let number = errno
        umask(mask)
        guard bound == 0 else { throw PosixError("bind", errorNumber: number, subject: path) }
        descriptor = fresh
        self.path = path
        lock = own.take()
    }

    /// Lets the next service have the path from here on; messages that wait are still taken.
    func letGo() { lock = nil }
}
