import ObjectStore
import Posix
import Time

/// What is removed, found and known of a bucket. An upload that is not completed is what an unfinished file is in a
/// folder, and has its name.
extension StorageBucket {
    @discardableResult
    package func remove(_ name: StoredFileName) throws(StorageError) -> Bool {
        let key = name.whole.relativePath
        return try storing(name) { () throws(ObjectError) in
            guard name.isUnfinished else {
                try client.delete(key)
                return true
            }
            let uploads = try client.uploads(key).filter { $0.key == key }
            for upload in uploads { try client.abortUpload(key, upload.id) }
            return !uploads.isEmpty
        }
    }

    /// Removes all that one attempt has left, and no other attempt's. What cannot be removed now, the next sweep finds.
    package func discard(_ attempt: StoredAttempt) { discard("\(attempt).", shard: attempt.shard) { _ in true } }

    package func discardParts(of attempt: StoredAttempt) {
        discard("\(attempt).p", shard: attempt.shard) { $0.number != nil }
    }

    private func discard(_ beginning: String, shard: String, _ isMeant: (StoredFileName) -> Bool) {
        guard let files = try? files("\(StoredFileName.folder)/\(shard)/\(beginning)") else { return }
        for file in files where isMeant(file.name) { _ = try? remove(file.name) }
    }

    package func discardFilterKeys(of job: UUID) { _ = try? remove(StoredFileName(filterKeysOf: job)) }

    package func linkFilterKeys(of earlier: UUID, to job: UUID) throws(StorageError) -> Bool {
        let (old, new) = (StoredFileName(filterKeysOf: earlier), StoredFileName(filterKeysOf: job))
        return try storing(new) { () throws(ObjectError) in
            try client.copy(old.relativePath, to: new.relativePath)
        }
    }

    package func files(inShard shard: String) throws(StorageError) -> [StoredFile] {
        try files("\(StoredFileName.folder)/\(shard)/")
    }

    /// Objects first: an upload that is completed meanwhile is seen once or not at all, and never as left over.
    private func files(_ beginning: String) throws(StorageError) -> [StoredFile] {
        try storing(object: beginning) { () throws(ObjectError) in
            let objects = try client.objects(beginning).compactMap { object in
                StoredFileName(relativePath: object.key).map {
                    StoredFile(name: $0, size: object.size, modified: Self.microseconds(object.modified))
                }
            }
            let uploads = try client.uploads(beginning).compactMap { upload in
                StoredFileName(relativePath: upload.key).map {
                    StoredFile(name: $0.unfinished, size: 0, modified: Self.microseconds(upload.begun))
                }
            }
            return objects + uploads
        }
    }

    /// A time that cannot be read is taken for now: nothing is removed for its age then.
    private static func microseconds(_ text: String) -> Int64 {
        Timestamp(rfc3339: text)?.microseconds ?? Clock.wallMicroseconds
    }

    package func holdsFiles() throws(StorageError) -> Bool { try !files("\(StoredFileName.folder)/").isEmpty }

    // MARK: Whose bucket this is

    private static let identityKey = "instance"

    package func identity() throws(StorageError) -> UUID? {
        let bytes = try storing(object: Self.identityKey) { () throws(ObjectError) in
            try client.bytes(of: Self.identityKey)
        }
        guard let bytes else { return nil }
        guard let id = UUID(String(decoding: bytes.prefix(36), as: UTF8.self)) else {
            throw StorageError(.refused, operation: "read", path: Self.identityKey)
        }
        return id
    }

    /// Where a store knows no conditions, two hosts whose first start is at the same moment may both write; the
    /// database then names one of them and the other's is a fault.
    package func makeIdentity(_ id: UUID) throws(StorageError) -> UUID {
        if let id = try identity() { return id }
        do throws(ObjectError) {
            try client.put(Self.identityKey, Array("\(id)\n".utf8), isNew: true)
        } catch {
            guard error.kind == .exists else { throw StorageError(error, key: Self.identityKey) }
        }
        return try identity() ?? id
    }

    // MARK: What the service needs

    /// Tries each right that is needed on an object that nobody reads. Beside it go the scratch files that a process
    /// has left behind.
    package func probe() throws(StorageError) -> String? {
        let key = TemporaryName.make()
        defer { try? client.delete(key) }
        func step<Value: ~Copyable>(
            _ what: StaticString, _ body: () throws(ObjectError) -> Value
        ) throws(StorageError) -> Value {
            do {
                return try body()
            } catch {
                throw StorageError(error, operation: what, key: "\(client.place)")
            }
        }
        let text = Array("penstock".utf8)
        try step("list objects (s3:ListBucket)") { () throws(ObjectError) in _ = try client.objects(key) }
        try step("write an object (s3:PutObject)") { () throws(ObjectError) in try client.put(key, text) }
        try step("read an object (s3:GetObject)") { () throws(ObjectError) in
            guard try client.status(of: key)?.size == Int64(text.count),
                try client.bytes(of: key, 3..<6) == Array(text[3..<6])
            else { throw ObjectError(unexpected: "GET", "gave other bytes than were written") }
        }
        let file = try scratch.makeFile()
        do { try file.writeAll(text) } catch { throw StorageError(error, path: "STORAGE_SCRATCH") }
        let raw = file.raw
        try step("write in parts (s3:PutObject, s3:AbortMultipartUpload)") { () throws(ObjectError) in
            for isWhole in [false, true] {
                let id = try client.beginUpload(key, type: "application/octet-stream")
                let etag = try client.uploadPart(key, id, number: 1, file: raw, offset: 0, count: Int64(text.count))
                if isWhole {
                    try client.completeUpload(key, id, etags: [etag], size: Int64(text.count))
                } else {
                    try client.abortUpload(key, id)
                }
            }
        }
        try step("list uploads (s3:ListBucketMultipartUploads)") { () throws(ObjectError) in
            _ = try client.uploads(key)
        }
        try step("delete an object (s3:DeleteObject)") { () throws(ObjectError) in try client.delete(key) }
        return nil
    }

    package func removeTemporaries(olderThan age: Int64) throws(StorageError) -> Int {
        try scratch.removeTemporaries(olderThan: age)
    }
}
