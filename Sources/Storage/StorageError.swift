import Glibc
import ObjectStore
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
        /// An object store does not answer, or not with what was asked for; no export brings that about.
        case away = "storage_unavailable"
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
    /// The object store's words, for the log only; nil when none was asked.
    package let reason: String?

    init(_ code: Code, operation: StaticString, path: String) {
        self.code = code
        self.operation = operation
        self.errorNumber = 0
        self.path = path
        reason = nil
    }

    init(_ cause: ObjectError, operation: StaticString = "request", key: String) {
        code =
            switch cause.kind {
            case .full: .full
            case .exists: .exists
            case .missing: .missing
            case .unavailable: .away
            case .denied, .other: .io
            }
        self.operation = operation
        errorNumber = cause.kind == .full ? ENOSPC : 0
        path = key
        reason = cause.description
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
        reason = nil
    }

    package var description: String { code.rawValue }

    package var debugDescription: String {
        let words = reason ?? (errorNumber == 0 ? nil : String(cString: strerror(errorNumber)))
        return "\(code.rawValue): \(operation) \(path)\(words.map { ": \($0)" } ?? "")"
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
