import Catalog
import Coding
import Crypto
import Generation
import Glibc
import Posix
import Storage

/// The list of keys of `penstock export --filter-file`, read and checked as the service reads an uploaded one.
///
/// Kept in a file without a name, which the sessions of the export open through this process's descriptor: nothing is
/// left behind however the command ends.
final class KeyListFile {
    let sha256: String
    private let file: FileDescriptor
    private let list: FilterFileReader

    init(reading path: String, folder: String) throws {
        let input = try FileDescriptor.open(path, O_RDONLY)
        file = try ScratchSpace(folder: folder).makeFile()
        let raw = (input: input.raw, output: file.raw)
        var digest = SHA256()
        var list = FilterFileReader()
        func keep(_ bytes: UnsafeRawBufferPointer) throws {
            try writeAll(bytes, to: raw.output)
        }
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = try retryingInterrupts("read", subject: path) { read(raw.input, &chunk, chunk.count) }
            if count == 0 { break }
            try chunk.withUnsafeBytes {
                let bytes = UnsafeRawBufferPointer(rebasing: $0[..<count])
                digest.update(bufferPointer: bytes)
                try list.read(bytes, keep: keep)
            }
        }
        try list.finish(keep: keep)
        sha256 = Array(digest.finalize()).hexadecimal
        self.list = list
    }

    /// The errors of the list, for keys of a type.
    func faults(for type: KeyType?) -> [RequestFault] { list.faults(for: type) }

    /// As long as this value lives.
    var keys: FilterKeys { FilterKeys(StoredObject(sharing: file.raw), count: list.keys) }
}
