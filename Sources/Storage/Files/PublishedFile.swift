/// A file that is whole, durable and under its final name, as the job's row records it.
package struct PublishedFile: Sendable, Equatable {
    package let name: StoredFileName
    /// Bytes.
    package let size: Int64
    /// 32 bytes, worked out while the file was written.
    package let sha256: [UInt8]

    package init(name: StoredFileName, size: Int64, sha256: [UInt8]) {
        self.name = name
        self.size = size
        self.sha256 = sha256
    }

    /// `files/<shard>/<name>`, relative to the storage folder.
    package var relativePath: String { name.relativePath }
}
