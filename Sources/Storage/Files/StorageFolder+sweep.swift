import Coding
import Posix

/// A file as the sweep finds it.
package struct StoredFile: Sendable {
    package let name: StoredFileName
    /// Bytes.
    package let size: Int64
    /// Microseconds since the Unix epoch.
    package let modified: Int64
}

extension StorageFolder {
    /// The folders that files are spread over. A sweep takes one at a time, so that its memory does not grow with the
    /// number of files.
    package static let shards: [String] = (UInt8.min...UInt8.max).map { [$0].hexadecimal }

    /// Every file of one folder, unfinished ones too. An entry that does not carry one of our names, stands in the
    /// wrong folder or is not a regular file is left out: it is not ours to judge. Files that go while this runs are
    /// left out as well.
    package func files(inShard shard: String) throws(StorageError) -> [StoredFile] {
        let folder = "\(root)/\(StoredFileName.folder)/\(shard)"
        return try storing(folder) { () throws(PosixError) in
            guard try File.status(folder)?.kind == .folder else { return [] }
            var found: [StoredFile] = []
            for text in try File.names(in: folder) {
                guard let name = StoredFileName(text), name.shard == shard,
                    let status = try File.status("\(folder)/\(text)"), status.kind == .file
                else { continue }
                found.append(StoredFile(name: name, size: status.size, modified: status.modified))
            }
            return found
        }
    }
}
