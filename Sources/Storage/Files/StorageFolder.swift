import Glibc
import Posix

/// The folder where files live. It hands out files to write, finds and removes finished ones, and touches nothing
/// whose name it would not have written itself.
package struct StorageFolder: FileStore {
    /// Absolute, without a slash at its end.
    let root: String

    /// How the operator knows it: for messages of the log and of `check`, not for opening anything.
    package var description: String { root }

    /// A folder that another process has opened; asks nothing of the file system, which may hang.
    package init(at root: String) {
        var trimmed = root[...]
        while trimmed.count > 1 && trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.root = String(trimmed)
    }

    /// Opens the storage folder and makes the folders of it that are missing.
    package init(root: String) throws(StorageError) {
        self.init(at: root)
        let files = "\(self.root)/\(StoredFileName.folder)"
        try storing(files) { () throws(PosixError) in try File.makeFolders(files) }
    }

    /// A new file for one attempt of one job. Refused (`exists`) when that attempt has written one already.
    package func create(_ name: StoredFileName) throws(StorageError) -> PendingFile {
        try makeFolder(of: name)
        return try PendingFile(name: name, folder: "\(root)/\(StoredFileName.folder)/\(name.shard)")
    }

    func makeFolder(of name: StoredFileName) throws(StorageError) {
        try makeDurably("\(root)/\(StoredFileName.folder)/\(name.shard)")
    }

    /// Where a file is on this host.
    package func path(of name: StoredFileName) -> String { "\(root)/\(name.relativePath)" }

    /// Removes a file that a row or a sweep named.
    /// - Returns: whether it was there.
    @discardableResult
    package func remove(_ name: StoredFileName) throws(StorageError) -> Bool {
        let path = path(of: name)
        return try storing(path) { () throws(PosixError) in try File.remove(path) }
    }

    package func handover(of name: StoredFileName, method: String) -> [(String, String)] { [] }

    package func localPath(of name: StoredFileName) -> String? { path(of: name) }

    /// A new folder's own entry has to be durable too, or its files are lost with it.
    private func makeDurably(_ folder: String) throws(StorageError) {
        let parent = "\(root)/\(StoredFileName.folder)"
        try storing(folder) { () throws(PosixError) in
            if mkdir(folder, 0o750) == 0 {
                try FileDescriptor.open(parent, O_RDONLY | O_DIRECTORY).synchronize()
            } else if errno != EEXIST {
                throw PosixError("mkdir", subject: folder)
            }
        }
    }
}
