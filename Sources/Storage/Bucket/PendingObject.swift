import Glibc
import ObjectStore
import Posix

/// An object being written. Its bytes go through a scratch file, from which each part is read for its digests, for
/// sending and for sending again; what is sent gives its room back. A file that fits into one part is one request.
///
///     written ──▶ scratch file ──8 MiB──▶ part 1, part 2 … of an upload ──end──▶ completed: the object is there
///
/// Whichever step fails, the upload is aborted when the value goes; those of a process that was killed, the dispatcher
/// and the sweep find.
final class PendingObject {
    private let key: String
    private let type: String
    private let client: ObjectClient
    /// Without a name; nil once it was given up.
    private var file: Unnamed?
    private var written: Int64 = 0
    private var sent: Int64 = 0
    private var upload: String?
    private var etags: [String] = []
    /// A list of keys is read again before it is published.
    private let keepsBytes: Bool

    private final class Unnamed {
        let file: FileDescriptor
        init(_ file: consuming FileDescriptor) { self.file = file }
    }

    init(_ name: StoredFileName, _ client: ObjectClient, _ file: consuming FileDescriptor) {
        key = name.relativePath
        type = name.content.mediaType
        keepsBytes = name.content == .filterKeys
        self.client = client
        self.file = Unnamed(file)
    }

    deinit { abort() }

    /// Bytes of the part after so many: 8 MiB, twice as many after each 1,250. So 10,000 parts, the most that S3
    /// takes, hold 2.4 TiB, and 64 GiB are in parts of 32 MiB at most.
    static func partBytes(after parts: Int) -> Int64 { 8 << (20 + Int64(min(parts / 1250, 7))) }

    func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        guard let file else { throw StorageError(.io, operation: "write", path: key) }
        do throws(PosixError) {
            try file.file.writeAll(bytes)
        } catch {
            giveUp()
            throw StorageError(error, path: key)
        }
        written += Int64(bytes.count)
        while case let part = Self.partBytes(after: etags.count), written - sent >= part { try send(part, file) }
    }

    /// When this returns, the object is there.
    func finish() throws(StorageError) {
        guard let file else { throw StorageError(.io, operation: "publish", path: key) }
        let raw = file.file.raw
        do throws(PosixError) {
            try Failpoint.fileSynced.reach()
        } catch {
            giveUp()
            throw StorageError(error, path: key)
        }
        if upload == nil {
            try trying { () throws(ObjectError) in
                try client.put(key, file: raw, offset: 0, count: written, type: type)
            }
        } else {
            if written > sent { try send(written - sent, file) }
            try trying { () throws(ObjectError) in
                guard let upload else { return }
                try client.completeUpload(key, upload, etags: etags, size: written)
            }
        }
        upload = nil
        self.file = nil
    }

    /// The bytes that have been written, of an object that keeps them.
    var object: StoredObject? { file.map { StoredObject(sharing: $0.file.raw) } }

    private func send(_ count: Int64, _ file: Unnamed) throws(StorageError) {
        let raw = file.file.raw
        try trying { () throws(ObjectError) in
            let id: String
            if let upload { id = upload } else { id = try client.beginUpload(key, type: type) }
            upload = id
            etags.append(
                try client.uploadPart(key, id, number: etags.count + 1, file: raw, offset: sent, count: count))
        }
        if !keepsBytes { file.file.punchHole(from: sent, count: count) }
        sent += count
    }

    private func trying(_ body: () throws(ObjectError) -> Void) throws(StorageError) {
        do {
            try body()
        } catch {
            giveUp()
            throw StorageError(error, key: key)
        }
    }

    private func giveUp() {
        abort()
        file = nil
    }

    private func abort() {
        guard let upload else { return }
        try? client.abortUpload(key, upload)
        self.upload = nil
    }
}
