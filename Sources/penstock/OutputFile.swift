import Coding
import Crypto
import Generation
import Glibc
import Posix

/// A file that a command writes: under another name until it is whole, or standard output. An error, and a signal that
/// ends the command, leave nothing of it behind.
final class OutputFile {
    private let path: String?
    private let partPath: String
    private let descriptor: FileDescriptor
    private var digest = SHA256()
    private var size: Int64 = 0
    private var isPublished = false

    /// - Parameters:
    ///   - mode: of the file.
    ///   - keepsOwner: gives it the owner and the group of the file in whose place it comes: root changes the keys of a
    ///     service that is another user's.
    /// - Throws: `PosixError` when the file cannot be made.
    init(_ output: String, mode: mode_t = 0o640, keepsOwner: Bool = false) throws(PosixError) {
        if output == "-" {
            path = nil
            partPath = ""
            descriptor = FileDescriptor(owning: dup(1))
        } else {
            // A device or a pipe is written to; a file of its name must not take its place.
            if Self.isSpecial(output) {
                path = nil
                partPath = ""
                descriptor = try FileDescriptor.open(output, O_WRONLY)
                return
            }
            path = output
            partPath = "\(output).\(getpid()).part"
            // Before there is a file: a signal may come at any time.
            try EndingSignals.remove(partPath)
            descriptor = try FileDescriptor.open(partPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
            var before = stat()
            guard keepsOwner, getuid() == 0, stat(output, &before) == 0 else { return }
            let raw = descriptor.raw
            try retryingInterrupts("fchown", subject: output) { fchown(raw, before.st_uid, before.st_gid) }
        }
    }

    /// Where parts of the output may lie: beside it, or in the system's temporary folder.
    static func folder(of output: String) -> String {
        guard output != "-" else { return Host.environment("TMPDIR") ?? "/tmp" }
        guard let slash = output.lastIndex(of: "/") else { return "." }
        return slash == output.startIndex ? "/" : String(output[..<slash])
    }

    /// Whether a path leads to something that is neither a file nor a folder.
    static func isSpecial(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && ![S_IFREG, S_IFDIR].contains(info.st_mode & S_IFMT)
    }

    deinit {
        guard path != nil, !isPublished else { return }
        unlink(partPath)
        try? EndingSignals.remove(nil)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(PosixError) {
        try descriptor.writeAll(bytes)
        digest.update(bufferPointer: bytes)
        size += Int64(bytes.count)
    }

    /// Gives the file its name.
    /// - Returns: bytes and hexadecimal digest.
    /// - Throws: `PosixError` when the file cannot be synced or renamed.
    func publish() throws(PosixError) -> (Int64, String) {
        if let path {
            try descriptor.synchronizeData()
            try retryingInterrupts("rename", subject: path) { rename(partPath, path) }
            try EndingSignals.remove(nil)
        }
        isPublished = true
        return (size, Array(digest.finalize()).hexadecimal)
    }
}
