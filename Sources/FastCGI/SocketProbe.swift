import Glibc
import Posix

/// Whether a process listens on a unix socket, for this user.
package enum SocketProbe {
    /// Connects and says nothing. A full queue is an answer as well.
    /// - Parameter datagrams: whether the socket takes datagrams.
    /// - Throws: `PosixError`: ENOENT without a socket, ECONNREFUSED without a listener, EACCES without the right.
    package static func connect(to path: String, datagrams: Bool = false) throws(PosixError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw PosixError("connect", errorNumber: ENAMETOOLONG, subject: path)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let kind = datagrams ? SOCK_DGRAM : SOCK_STREAM
        let raw = socket(AF_UNIX, Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw PosixError("socket") }
        let probe = FileDescriptor(owning: raw)
        try probe.setNonblocking()
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(probe.raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if connected != 0, errno != EAGAIN { throw PosixError("connect", subject: path) }
    }
}
