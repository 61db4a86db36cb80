import Catalog
import Coding
import Crypto
import Generation
import HTTP
import JSON
import Jobs
import Posix
import Storage

/// A create or preview that comes as multipart/form-data: the part `request` with the JSON, the part `filterFile` with
/// a key on each line.
///
/// Taken in while it arrives: the request in memory, the keys straight into a file of the storage, under the id that
/// the job will have. Until `publish` that file belongs to no job and is removed with this value.
///
///     intake (401, 403) ─ body, piece by piece ─▶ take ─ end of the body ─▶ checked ─▶ publish ─▶ the job's row
package final class Upload: MultipartReceiver {
    let job = UUID.version7()
    private let storage: any FileStore
    private var reader: MultipartReader
    private var part: MultipartPart?
    private var seen: Set<String> = []
    private var requestBytes: [UInt8] = []
    private var list = FilterFileReader()
    /// Of the list as it was uploaded.
    private(set) var listBytes = 0
    private var digest = SHA256()
    private var pending: PendingFile?
    private var published = false
    /// The errors of the body's form; the rest is then not looked at.
    private var faults: [RequestFault] = []
    /// The name that the client gave the file.
    private var fileName = "filter-file"

    init(_ type: MultipartReader, storage: any FileStore) throws(StorageError) {
        self.storage = storage
        reader = type
        pending = try storage.create(StoredFileName(filterKeysOf: job))
    }

    /// Takes the next bytes of the body.
    package func take(_ bytes: UnsafeRawBufferPointer) throws {
        // Exclusive access: the reader calls back into this object.
        var reader = self.reader
        var receiver = self
        try reader.read(bytes, into: &receiver)
        self.reader = reader
    }

    // MARK: Parts

    package func begin(_ part: MultipartPart) {
        self.part = part
        guard ["request", "filterFile"].contains(part.name) else {
            return fault("body", "unknown part: \(RequestFault.shown(part.name))")
        }
        if !seen.insert(part.name).inserted { fault("body", "the part \(part.name) is given twice") }
        if part.name == "filterFile", let name = part.fileName, !name.isEmpty {
            fileName = RequestFault.shown(name)
        }
    }

    package func append(_ bytes: UnsafeRawBufferPointer) throws {
        guard faults.isEmpty else { return }
        switch part?.name {
        case "request":
            guard requestBytes.count + bytes.count <= BodyLimits.json else {
                return fault("request", "the part request is larger than \(BodyLimits.json) bytes")
            }
            requestBytes.append(contentsOf: bytes)
        case "filterFile":
            digest.update(bufferPointer: bytes)
            listBytes += bytes.count
            try list.read(bytes) { try pending?.write($0) }
        default: break
        }
    }

    package func end() throws {
        if part?.name == "filterFile" { try list.finish { try pending?.write($0) } }
        part = nil
    }

    private func fault(_ field: String, _ message: String) {
        faults.append(RequestFault(field: field, message: message))
    }

    // MARK: The whole

    /// The request's JSON, with the list named in it; called once, at the end of the body.
    /// - Throws: every fault of the body's form.
    func body() throws -> JSON {
        do {
            try reader.finish()
        } catch {
            fault("body", error.description)
        }
        for name in ["request", "filterFile"] where faults.isEmpty && !seen.contains(name) {
            fault(name, "the part \(name) is missing")
        }
        guard faults.isEmpty else { throw APIError.invalid(faults) }
        let body: JSON
        do {
            body = try JSON.parse(requestBytes, limits: .request)
        } catch {
            throw BodyError.malformed(error)
        }
        guard var object = body.object else { return body }
        if let named = object["filterFile"], !named.isNull {
            throw APIError.invalid("filterFile", "filterFile is a part already")
        }
        object["filterFile"] = .string(sha256)
        return .object(object)
    }

    /// The errors of the list, for keys of a type.
    func faults(for type: KeyType?) -> [RequestFault] { list.faults(for: type) }

    /// The list as the job's row keeps it.
    var filter: Job.Filter { Job.Filter(name: fileName, keys: list.keys, sha256: sha256) }

    private lazy var sha256: String = Array(digest.finalize()).hexadecimal

    /// The list before it is published; the bytes are all there.
    var unpublished: FilterKeys? { (pending?.object).map { FilterKeys($0, count: list.keys) } }

    /// Gives the list its name: from here on it is the job's. May be repeated.
    /// - Throws: `StorageError` when the file cannot be published.
    func publish() throws {
        guard !published else { return }
        _ = try pending?.finish()
        published = true
    }

    /// No job was made of it.
    func withdraw() {
        pending = nil
        if published { storage.discardFilterKeys(of: job) }
    }
}
