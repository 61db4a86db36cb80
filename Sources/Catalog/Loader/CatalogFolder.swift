import Glibc

/// A folder of catalog files.
package enum CatalogFolder {
    /// A catalog larger than this is no catalog.
    static let fileBytes = 1 << 20

    /// The `*.yaml` and `*.yml` files in `folder` and the folders in it, sorted by path. Names that begin with a dot
    /// are passed over, and so are sockets, devices and the like. Links are followed to files, not to folders,
    /// so that a loop of links ends.
    package static func sources(in folder: String) throws(CatalogFolderError) -> [CatalogSource] {
        var sources: [CatalogSource] = []
        for path in try files(in: folder).sorted() {
            sources.append(CatalogSource(path: path, text: try text(of: path)))
        }
        return sources
    }

    private static func files(in folder: String) throws(CatalogFolderError) -> [String] {
        guard let directory = opendir(folder) else { throw .last("open the folder", folder) }
        defer { closedir(directory) }
        var files: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                if errno != 0 { throw .last("read the folder", folder) }
                return files
            }
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix(".") else { continue }
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            if try isFolder(path) {
                files += try Self.files(in: path)
            } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                files.append(path)
            }
        }
    }

    private static func isFolder(_ path: String) throws(CatalogFolderError) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw .last("look at", path) }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    private static func text(of path: String) throws(CatalogFolderError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last("read", path) }
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= fileBytes else {
                throw CatalogFolderError(operation: "read", path: path, reason: "it is larger than 1 MiB")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CatalogFolderError(operation: "read", path: path, reason: "it is not UTF-8")
        }
        return text
    }
}

/// Why the catalogs could not be read from the disk.
package struct CatalogFolderError: Error, Equatable, Sendable, CustomStringConvertible {
    package let operation: String
    package let path: String
    package let reason: String

    static func last(_ operation: String, _ path: String) -> CatalogFolderError {
        CatalogFolderError(operation: operation, path: path, reason: String(cString: strerror(errno)))
    }

    package var description: String {
        "cannot \(operation) \(path): \(reason)"
    }
}
