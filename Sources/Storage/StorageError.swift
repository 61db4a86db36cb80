import Glibc
import Posix

/// An error of the storage. The description is a stable word that a client may see; path and cause stand in
/// `debugDescription`, for the log.
package struct StorageError: Error, CustomStringConvertible, CustomDebugStringConvertible {
    package enum Code: String, Sendable {
        /// No room: the disk, its inodes, a quota or the process's file size limit (ENOSPC, EDQUOT, EFBIG).
        case full = "storage_full"
        /// Another attempt holds the name. Names are unique to an attempt, so a claim was used twice.
        case exists = "storage_conflict"
        case missing = "storage_missing"
        /// A name that is not one of ours; nothing was touched.
        case refused = "storage_refused"
        /// Every other error of the kernel. After a failed write, sync or close the attempt is over: the kernel may
        /// have dropped the bytes that it could not write, and a second fsync would report success over a hole.
        case io = "storage_error"
    }

    package let code: Code
    /// The system call, or the operation that was attempted.
    package let operation: StaticString
    /// Zero when no system call failed.
    package let errorNumber: Int32
    /// For the log only.
    package let path: String

    init(_ code: Code, operation: StaticString, path: String) {
        self.code = code
        self.operation = operation
        self.errorNumber = 0
        self.path = path
    }

    init(_ cause: PosixError, path: String) {
        code =
            switch cause.errorNumber {
            case ENOSPC, EDQUOT, EFBIG: .full
            case EEXIST: .exists
            case ENOENT: .missing
            default: .io
            }
        operation = cause.operation
        errorNumber = cause.errorNumber
        self.path = path
    }

    package var description: String { code.rawValue }

    package var debugDescription: String {
        let reason = errorNumber == 0 ? "" : ": " + String(cString: strerror(errorNumber))
        return "\(code.rawValue): \(operation) \(path)\(reason)"
    }
}

/// Runs system calls on `path` and gives their failure Storage's form.
func storing<Value: ~Copyable>(_ path: String, _ body: () throws(PosixError) -> Value) throws(StorageError) -> Value {
    do {
        return try body()
    } catch {
        throw StorageError(error, path: path)
    }
}
