import Glibc
import Posix

/// Bytes that can be read: of a stored file, or of a file that has no name. Where they lie is Storage's alone to know.
package struct StoredObject: Sendable {
    private let source: @Sendable () throws(PosixError) -> FileDescriptor

    /// - Parameter source: opens the bytes for reading, at their beginning.
    init(_ source: @escaping @Sendable () throws(PosixError) -> FileDescriptor) { self.source = source }

    /// A link in the place of a file is refused.
    init(path: String) {
        self.init { () throws(PosixError) in try FileDescriptor.open(path, O_RDONLY | O_NOFOLLOW) }
    }

    /// A file that this process has open. Its children can open it too, as long as this process holds it.
    package init(sharing descriptor: Int32) {
        let path = "/proc/\(getpid())/fd/\(descriptor)"
        self.init { () throws(PosixError) in try FileDescriptor.open(path, O_RDONLY) }
    }

    /// Opens it for reading, at its beginning.
    /// - Throws: `PosixError`, with ENOENT when the object is gone.
    package func open() throws(PosixError) -> FileDescriptor { try source() }
}

extension StorageFolder {
    package func object(_ name: StoredFileName) -> StoredObject { StoredObject(path: path(of: name)) }

    /// Where an export's parts are made, on the file system of its result.
    package var scratch: ScratchSpace { ScratchSpace(folder: root) }
}
