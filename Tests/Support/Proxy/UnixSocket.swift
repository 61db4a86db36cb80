import Glibc
import Posix

/// Unix sockets by their numbers, which the caller closes.
enum UnixSocket {
    static func connected(to path: String) throws(PosixError) -> Int32 {
        let descriptor = try made(path)
        guard withAddress(path, { Glibc.connect(descriptor, $0, $1) }) == 0 else {
            defer { close(descriptor) }
            throw PosixError("connect", subject: path)
        }
        return descriptor
    }

    /// Listens at a path, in the place of what is there.
    static func listening(at path: String) throws(PosixError) -> Int32 {
        unlink(path)
        let descriptor = try made(path)
        guard withAddress(path, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 512) == 0 else {
            defer { close(descriptor) }
            throw PosixError("bind", subject: path)
        }
        return descriptor
    }

    /// The next connection of a listening socket; nil when there is none after all.
    static func accepted(from listener: Int32) -> Int32? {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    /// How many of the bytes could be sent without waiting; nil when the connection is over.
    static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int? {
        let count = bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        return count >= 0 ? count : errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    /// What has come, empty at the end; nil when there is nothing to read now.
    /// - Throws: `PosixError` when the connection is broken.
    static func received(from descriptor: Int32) throws(PosixError) -> [UInt8]? {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
            count = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            filled = max(0, count)
        }
        if count < 0, errno == EAGAIN || errno == EINTR { return nil }
        if count < 0 { throw PosixError("recv") }
        return bytes
    }

    static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    private static func made(_ path: String) throws(PosixError) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if descriptor < 0 { throw PosixError("socket", subject: path) }
        return descriptor
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
