import Glibc

/// The right to use a socket's path: a lock on `<path>.lock`, held until this value goes or the process dies. Looking
/// for an answer on the socket is not enough: of two services that start in the same moment, each could find no one and
/// remove the other's file.
package struct PathLock: ~Copyable {
    package let path: String
    private let lock: FileDescriptor

    /// - Throws: `PosixError`, EWOULDBLOCK when another process has the lock.
    package init(_ path: String) throws(PosixError) {
        let lock = try FileDescriptor.open("\(path).lock", O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        guard flock(lock.raw, LOCK_EX | LOCK_NB) == 0 else { throw PosixError("flock", subject: "\(path).lock") }
        self.lock = lock
        self.path = path
    }
}
