import Glibc
import ObjectStore
import Posix

/// A bucket where files live, under the keys that they have in a folder: `<prefix>/files/e5/<job>.<epoch>-<claim>.csv`.
/// Each has one writer, whose claim is in its name, so no condition of the store's is needed to keep two apart.
package struct StorageBucket: FileStore {
    let client: ObjectClient
    package let scratch: ScratchSpace

    package init(_ client: ObjectClient, scratch: ScratchSpace) {
        self.client = client
        self.scratch = scratch
    }

    /// How the operator knows it.
    package var description: String { client.place.description }

    package func create(_ name: StoredFileName) throws(StorageError) -> PendingFile {
        PendingFile(name: name, object: PendingObject(name, client, try scratch.makeFile()))
    }

    package func publishPart(_ descriptor: Int32, as name: StoredFileName) throws(StorageError) -> PublishedFile {
        var file = try create(name)
        var reader = ChunkReader(descriptor)
        while true {
            let bytes: UnsafeRawBufferPointer?
            do {
                bytes = try reader.next()
            } catch {
                throw StorageError(error, path: name.relativePath)
            }
            guard let bytes else { return try file.finish() }
            try file.write(bytes)
        }
    }

    package func look(at file: PublishedFile) throws(StorageError) -> FileLook {
        let status = try storing(file.name) { () throws(ObjectError) in
            try client.status(of: file.name.relativePath)
        }
        guard let status else { return FileLook(.missing) }
        return FileLook(
            status.size == file.size ? .whole : .damaged, etag: status.etag, lastModified: status.lastModified)
    }

    /// The signature of nginx's own request, good for the time that the store's clock may differ, and for one object
    /// and method. It is no part of an address, so that no log has it.
    package func handover(of name: StoredFileName, method: String) -> [(String, String)] {
        let names = [
            "authorization": "X-Penstock-Authorization", "x-amz-date": "X-Penstock-Date",
            "x-amz-security-token": "X-Penstock-Token",
        ]
        return client.signer.headers(
            method, host: client.place.host, path: client.place.path(of: name.relativePath),
            payload: RequestSigner.unsigned
        ).compactMap { header in names[header.0].map { ($0, header.1) } }
    }

    package func localPath(of name: StoredFileName) -> String? { nil }

    package func object(_ name: StoredFileName) -> StoredObject {
        StoredObject { [self] () throws(PosixError) in
            do throws(StorageError) {
                return try fetch(name)
            } catch {
                let number: Int32 =
                    switch error.code {
                    case .missing: ENOENT
                    case .full: ENOSPC
                    default: EIO
                    }
                throw PosixError("fetch", errorNumber: number, subject: error.debugDescription)
            }
        }
    }

    private static let fetchBytes: Int64 = 4 << 20

    /// A whole object as a file without a name.
    private func fetch(_ name: StoredFileName) throws(StorageError) -> FileDescriptor {
        let key = name.relativePath
        guard let status = try storing(name, { () throws(ObjectError) in try client.status(of: key) }) else {
            throw StorageError(.missing, operation: "fetch", path: key)
        }
        let file = try scratch.makeFile()
        var at: Int64 = 0
        while at < status.size {
            let range = at..<min(status.size, at + Self.fetchBytes)
            let bytes = try storing(name) { () throws(ObjectError) in
                try client.bytes(of: key, range, etag: status.etag)
            }
            guard let bytes, !bytes.isEmpty else { throw StorageError(.missing, operation: "fetch", path: key) }
            do {
                try file.writeAll(bytes)
            } catch {
                throw StorageError(error, path: key)
            }
            at += Int64(bytes.count)
        }
        lseek(file.raw, 0, SEEK_SET)
        return file
    }

    package func reading(_ name: StoredFileName) throws(StorageError) -> FileReading {
        let key = name.relativePath
        guard let status = try storing(name, { () throws(ObjectError) in try client.status(of: key) }) else {
            throw StorageError(.missing, operation: "read", path: key)
        }
        return FileReading(ObjectReading(client, key, status))
    }

    package var room: StorageRoom? { scratch.room }

    package var answers: Bool { (try? identity()) != nil }

    /// Rights show when they are used.
    package var looksWritable: Bool { true }
}

/// Runs a request about a file and gives its failure Storage's form.
func storing<Value: ~Copyable>(
    _ name: StoredFileName, _ body: () throws(ObjectError) -> Value
) throws(StorageError) -> Value { try storing(object: name.relativePath, body) }

func storing<Value: ~Copyable>(
    object key: String, _ body: () throws(ObjectError) -> Value
) throws(StorageError) -> Value {
    do {
        return try body()
    } catch {
        throw StorageError(error, key: key)
    }
}
