import CSystem
import Glibc
import Posix

/// The socket that nginx connects to: our own, or one that spawn-fcgi or systemd passed on descriptor 0.
///
/// Ours is made by ourselves, not by FCGX_OpenSocket: with CLOEXEC, non-blocking (so that losing the race for a
/// connection to another responder costs nothing) and, on a unix path, with mode 0660. A program that may write to it
/// can speak FastCGI, claim any identity and crash a responder, so the file's owner and group are the access control.
package final class ListeningSocket {
    private let descriptor: FileDescriptor
    /// The socket's file and the lock that keeps a second service off it; nil when the socket is not ours or has no
    /// file.
    private var own: PathLock?

    package var raw: Int32 { descriptor.raw }

    /// Descriptor 0 when it is a listening socket, else a new one at `address`.
    /// - Parameter address: a unix path, or `host:port` for a literal IPv4 address.
    /// - Throws: `ListenError` when the socket cannot be listened on.
    package static func inheritedOr(_ address: String) throws(ListenError) -> ListeningSocket {
        if isPassedOn {
            let copy = dup(0)
            guard copy >= 0 else { throw .system(PosixError("dup")) }
            let descriptor = FileDescriptor(owning: copy)
            _ = penstock_set_close_on_exec(copy, 1)
            // Every process of the service keeps descriptor 0. Were it the socket, an export that is drained for
            // minutes would still hold it open, and callers would wait in a queue that no process answers.
            do { try FileDescriptor.silence(0) } catch { throw .system(error) }
            return try ListeningSocket(descriptor, own: nil, isInherited: true)
        }
        return address.hasPrefix("/") || !address.contains(":") ? try unix(address) : try tcp(address)
    }

    /// Whether descriptor 0 is a listening socket.
    private static var isPassedOn: Bool {
        var listening: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening == 1
    }

    /// Whether another program has made it, which may pass it on to the next service while this one still works.
    package let isInherited: Bool

    private init(_ descriptor: consuming FileDescriptor, own: consuming PathLock?, isInherited: Bool = false)
        throws(ListenError)
    {
        do { try descriptor.setNonblocking() } catch { throw .system(error) }
        self.descriptor = descriptor
        self.isInherited = isInherited
        self.own = own
    }

    /// Refuses new connections from here on, in one step: a connect either comes before and is answered, or fails and
    /// nginx answers 503 (the kernel refuses a connect to a unix listener that was shut down under the same lock under
    /// which it would be queued). Connections in the queue can still be accepted, and poll tells of a hang-up.
    /// - Returns: false when the socket is not ours or has no file: its owner may hand it to the next service, and then
    ///   not one request is refused.
    /// - Throws: `PosixError` when the socket cannot be closed.
    package func close() throws(PosixError) -> Bool {
        guard let own = own.take() else { return false }
        try File.remove(own.path)
        try retryingInterrupts("shutdown") { shutdown(raw, Int32(SHUT_RDWR)) }
        return true
    }

    /// A socket file on which no process answers is left over from a crash and is replaced; one with an answer belongs
    /// to a running service and is not touched.
    private static func unix(_ path: String) throws(ListenError) -> ListeningSocket {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else { throw .pathTooLong(path, limit: capacity - 1) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let own = try lock(path)
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        if try isAnswered(&address, length) { throw .inUse(path) }
        let fresh = try open(AF_UNIX)
        do { try File.remove(path) } catch { throw .system(error) }
        // The mask makes the file 0660 from its first moment; chmod afterwards would leave a gap.
        let mask = umask(0o117)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(fresh.raw, $0, length) }
        }
        let number = errno
        umask(mask)
        guard bound == 0 else { throw .system(PosixError("bind", errorNumber: number, subject: path)) }
        guard listen(fresh.raw, 1024) == 0 else { throw .system(PosixError("listen", subject: path)) }
        return try ListeningSocket(fresh, own: own)
    }

    private static func lock(_ path: String) throws(ListenError) -> PathLock {
        do {
            return try PathLock(path)
        } catch {
            throw error.errorNumber == EWOULDBLOCK ? .inUse(path) : .system(error)
        }
    }

    /// Whether a process listens there. A full queue (EAGAIN on a socket that does not wait) is an answer as well.
    private static func isAnswered(_ address: inout sockaddr_un, _ length: socklen_t) throws(ListenError) -> Bool {
        let probe = try open(AF_UNIX)
        do { try probe.setNonblocking() } catch { throw .system(error) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(probe.raw, $0, length) == 0 || errno == EAGAIN
            }
        }
    }

    private static func tcp(_ text: String) throws(ListenError) -> ListeningSocket {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var address = sockaddr_in()
        guard parts.count == 2, let port = UInt16(parts[1]),
            inet_pton(AF_INET, String(parts[0]), &address.sin_addr) == 1
        else { throw .badAddress(text) }
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let descriptor = try open(AF_INET)
        var on: Int32 = 1
        setsockopt(descriptor.raw, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor.raw, $0, length) }
        }
        guard bound == 0 else { throw .system(PosixError("bind", subject: text)) }
        guard listen(descriptor.raw, 1024) == 0 else { throw .system(PosixError("listen", subject: text)) }
        return try ListeningSocket(descriptor, own: nil)
    }

    private static func open(_ family: Int32) throws(ListenError) -> FileDescriptor {
        let raw = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw .system(PosixError("socket")) }
        return FileDescriptor(owning: raw)
    }
}

/// Why there is no socket to listen on.
package enum ListenError: Error, CustomStringConvertible {
    case inUse(String)
    case pathTooLong(String, limit: Int)
    case badAddress(String)
    case system(PosixError)

    package var description: String {
        switch self {
        case .inUse(let path): "another service is answering on \(path); stop it or set another PENSTOCK_SOCKET"
        case .pathTooLong(let path, let limit):
            "the socket path \(path) is longer than \(limit) bytes; set a shorter PENSTOCK_SOCKET"
        case .badAddress(let text): "PENSTOCK_SOCKET \(text) is neither a path nor an IPv4 host:port"
        case .system(let error): error.debugDescription
        }
    }
}
