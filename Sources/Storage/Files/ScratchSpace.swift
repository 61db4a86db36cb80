import Glibc
import Posix

/// Room for files without names, which go with the last process that has them open.
package struct ScratchSpace: Sendable {
    private let folder: String

    /// - Parameter folder: on the file system of the result, whose room is known to matter.
    package init(folder: String) {
        self.folder = folder
    }

    /// A new, empty file, for reading and writing.
    /// - Throws: `PosixError`, also when the file system has no files without names (open(2), O_TMPFILE).
    package func makeFile() throws(PosixError) -> FileDescriptor {
        // O_TMPFILE is made of two other constants and not imported.
        try FileDescriptor.open(folder, 0o20000000 | O_DIRECTORY | O_RDWR, mode: 0o640)
    }
}
