import Glibc
import Posix

/// Bytes that can be read: of a stored file, or of a file that has no name. Where they lie is Storage's alone to know.
package struct StoredObject: Sendable {
    private let path: String
    private let flags: Int32

    /// A link in the place of a file is refused.
    init(path: String) {
        self.path = path
        flags = O_RDONLY | O_NOFOLLOW
    }

    /// A file that this process has open. Its children can open it too, as long as this process holds it.
    package init(sharing descriptor: Int32) {
        path = "/proc/\(getpid())/fd/\(descriptor)"
        flags = O_RDONLY
    }

    /// Opens it for reading, at its beginning.
    /// - Throws: `PosixError`, with ENOENT when the object is gone.
    package func open() throws(PosixError) -> FileDescriptor { try FileDescriptor.open(path, flags) }
}

extension StorageFolder {
    package func object(_ name: StoredFileName) -> StoredObject { StoredObject(path: path(of: name)) }

    /// Where an export's parts are made, on the file system of its result.
    package var scratch: ScratchSpace { ScratchSpace(folder: root) }
}
