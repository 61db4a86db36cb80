import Posix

/// The home of the export files: a folder, or a bucket of an object store.
///
/// What touches a stored file, and what it is in each home:
///
///                                   StorageFolder                       StorageBucket
///     create, PendingFile           <name>.part, fsync, rename          parts of an upload, completed at the end
///     a file that is not whole      <name>.part                         an upload that is not completed
///     remove, discard               unlink                              DELETE; an upload is aborted
///     glance, look                  lstat                               HEAD
///     sending                       nginx reads the file                nginx asks the store, with our signature
///     object (kept rows, keys)      the file itself                     fetched into a scratch file
///     files(inShard:)               names in a folder                   a list by prefix, page by page
///     identity                      the file `instance`                 the object `instance`
///     linkFilterKeys                link                                a copy in the store
///     scratch, room                 the folder's file system            a local folder's
///
/// Bytes of an export never pass through an existential: `PendingFile` is one type for both homes.
package protocol FileStore: Sendable, CustomStringConvertible {
    /// A new file for one attempt of one job. Refused (`exists`) when that attempt has written one already.
    func create(_ name: StoredFileName) throws(StorageError) -> PendingFile
    /// Gives a whole file of this host's its name: one of an attempt's parts.
    func publishPart(_ descriptor: Int32, as name: StoredFileName) throws(StorageError) -> PublishedFile
    /// Bytes that can be read, of a file that is there when they are opened.
    func object(_ name: StoredFileName) -> StoredObject
    func reading(_ name: StoredFileName) throws(StorageError) -> FileReading

    /// Whether a file is there with the size of its receipt, and what its home tells of it.
    func look(at file: PublishedFile) throws(StorageError) -> FileLook
    /// What nginx has to be told, besides the name, to send a file.
    /// - Parameter method: `GET` or `HEAD`.
    func handover(of name: StoredFileName, method: String) -> [(String, String)]
    /// The file on this host, for a web server that is told a path; nil where there is none.
    func localPath(of name: StoredFileName) -> String?

    /// Removes a file that a row or a sweep named.
    /// - Returns: whether it was there, as far as its home tells.
    @discardableResult func remove(_ name: StoredFileName) throws(StorageError) -> Bool
    func discard(_ attempt: StoredAttempt)
    func discardParts(of attempt: StoredAttempt)
    func discardFilterKeys(of job: UUID)
    func linkFilterKeys(of earlier: UUID, to job: UUID) throws(StorageError) -> Bool

    func identity() throws(StorageError) -> UUID?
    func makeIdentity(_ id: UUID) throws(StorageError) -> UUID
    func holdsFiles() throws(StorageError) -> Bool
    var looksWritable: Bool { get }
    /// Whether the files could be reached now.
    var answers: Bool { get }

    func files(inShard shard: String) throws(StorageError) -> [StoredFile]
    func removeTemporaries(olderThan age: Int64) throws(StorageError) -> Int
    /// Where the unnamed files of a running export lie.
    var scratch: ScratchSpace { get }
    /// The room where files are written; nil when the file system does not say.
    var room: StorageRoom? { get }
    /// Tries everything that the service needs.
    /// - Returns: a remark for the operator; nil for none.
    func probe() throws(StorageError) -> String?
}

/// A file as it was found.
package struct FileLook: Sendable {
    package let integrity: Integrity
    /// With its quotation marks; nil where nginx makes it.
    package let etag: String?
    /// As the header has it; nil where nginx makes it.
    package let lastModified: String?

    init(_ integrity: Integrity, etag: String? = nil, lastModified: String? = nil) {
        self.integrity = integrity
        self.etag = etag
        self.lastModified = lastModified
    }
}

extension FileStore {
    /// Whether a file is there with the size of its receipt.
    package func glance(at file: PublishedFile) throws(StorageError) -> Integrity { try look(at: file).integrity }

    /// Removes the file that a job's row names. A path that is not exactly one of ours is refused, so that a forged
    /// row cannot remove anything else.
    @discardableResult
    package func remove(relativePath: String) throws(StorageError) -> Bool {
        guard let name = StoredFileName(relativePath: relativePath) else {
            throw StorageError(.refused, operation: "remove", path: relativePath)
        }
        return try remove(name)
    }

    /// Reads a whole file.
    /// - Parameters:
    ///   - known: when the file was changed last at an earlier look; it is read again only when it was changed since.
    ///   - beat: called after each piece.
    /// - Returns: when the file was changed last, and its SHA-256; nil for a file that was not read.
    /// - Throws: `StorageError` when it is not there, or not to be read.
    package func digest(
        of name: StoredFileName, unlessChanged known: Int64?, _ beat: () -> Void
    ) throws(StorageError) -> (changed: Int64, sha256: String?) {
        var file = try reading(name)
        let changed = file.changed
        if changed == known { return (changed, nil) }
        while try file.advance() > 0 { beat() }
        return (changed, file.finish())
    }
}
