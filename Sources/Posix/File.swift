import Glibc

/// Whole files and folders by path: configuration, keys, catalogs. Export files go through Storage instead.
package enum File {
    /// The bytes of a file.
    /// - Parameter limit: refuse (EFBIG) a file that is longer; nothing that is read whole here is large.
    package static func bytes(at path: String, limit: Int = 16 << 20) throws(PosixError) -> [UInt8] {
        let file = try FileDescriptor.open(path, O_RDONLY)
        let bytes = try file.readAll(limit: limit + 1)
        if bytes.count > limit { throw PosixError("read", errorNumber: EFBIG, subject: path) }
        return bytes
    }

    /// The names in a folder, sorted, without "." and "..".
    package static func names(in folder: String) throws(PosixError) -> [String] {
        guard let stream = opendir(folder) else { throw PosixError("opendir", subject: folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The status of the file at a path; nil when there is no file. Symbolic links are not followed.
    package static func status(_ path: String) throws(PosixError) -> FileStatus? {
        var info = stat()
        if lstat(path, &info) == 0 { return FileStatus(info) }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw PosixError("lstat", subject: path)
    }

    /// Makes a folder and those above it; one that is there is left as it is.
    package static func makeFolders(_ path: String, mode: UInt32 = 0o750) throws(PosixError) {
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw PosixError("mkdir", subject: path)
        }
        try makeFolders(String(path[..<slash]), mode: mode)
        if mkdir(path, mode) != 0, errno != EEXIST { throw PosixError("mkdir", subject: path) }
    }

    /// Removes a file; one that is gone already is no error.
    /// - Returns: whether there was one.
    @discardableResult
    package static func remove(_ path: String) throws(PosixError) -> Bool {
        if unlink(path) == 0 { return true }
        if errno == ENOENT { return false }
        throw PosixError("unlink", subject: path)
    }
}

/// Kind, size and age of a path.
package struct FileStatus: Sendable {
    package enum Kind: Sendable { case file, folder, socket, other }
    package let kind: Kind
    /// Bytes.
    package let size: Int64
    /// Microseconds since the Unix epoch.
    package let modified: Int64

    init(_ info: stat) {
        switch info.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        case S_IFSOCK: kind = .socket
        default: kind = .other
        }
        size = Int64(info.st_size)
        modified = Int64(info.st_mtim.tv_sec) * 1_000_000 + Int64(info.st_mtim.tv_nsec) / 1000
    }
}
