import ObjectStore

/// An object that is read piece by piece.
struct ObjectReading {
    private let client: ObjectClient
    private let key: String
    private let status: ObjectStatus
    private var at: Int64 = 0

    private static let pieceBytes: Int64 = 1 << 20

    init(_ client: ObjectClient, _ key: String, _ status: ObjectStatus) {
        self.client = client
        self.key = key
        self.status = status
    }

    /// A number that is another one when the object is: of its ETag.
    var changed: Int64 { status.etag.utf8.reduce(0) { $0 &* 31 &+ Int64($1) } }

    /// - Returns: no bytes at the end.
    mutating func next() throws(StorageError) -> [UInt8] {
        guard at < status.size else { return [] }
        let (client, key, etag) = (client, key, status.etag)
        let range = at..<min(status.size, at + Self.pieceBytes)
        let bytes = try storing(object: key) { () throws(ObjectError) in
            try client.bytes(of: key, range, etag: etag)
        }
        guard let bytes, !bytes.isEmpty else { throw StorageError(.missing, operation: "read", path: key) }
        at += Int64(bytes.count)
        return bytes
    }
}
