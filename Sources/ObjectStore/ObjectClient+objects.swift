import Coding
import Crypto
import Posix

/// What a store tells of an object.
package struct ObjectStatus: Sendable {
    /// Bytes.
    package let size: Int64
    /// With its quotation marks.
    package let etag: String
    /// As the header has it.
    package let lastModified: String
}

extension ObjectClient {
    /// - Returns: nil when there is no such object.
    package func status(of key: String) throws(ObjectError) -> ObjectStatus? {
        let answer = try send(ObjectRequest("HEAD", place.path(of: key)))
        switch answer.status {
        case 200:
            return ObjectStatus(
                size: answer.headers["content-length"].flatMap { Int64($0) } ?? 0, etag: answer.headers["etag"] ?? "",
                lastModified: answer.headers["last-modified"] ?? "")
        case 404: return nil
        default: throw ObjectError(answer, of: "HEAD")
        }
    }

    /// - Parameters:
    ///   - range: of its bytes; nil for all, of an object that is small.
    ///   - etag: which state of it is wanted; nil for any.
    /// - Returns: nil when there is no such object. A range that ends behind the object is shorter.
    package func bytes(
        of key: String, _ range: Range<Int64>? = nil, etag: String? = nil
    ) throws(ObjectError) -> [UInt8]? {
        var request = ObjectRequest("GET", place.path(of: key))
        if let range { request.headers.append(("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")) }
        if let etag { request.headers.append(("if-match", etag)) }
        let answer = try send(request)
        switch answer.status {
        case 200 where range == nil, 206: return answer.body
        case 404: return nil
        default: throw ObjectError(answer, of: "GET")
        }
    }

    /// - Parameter isNew: whether an object that is there already is to stay; stores that know no conditions replace
    ///   it.
    /// - Throws: `ObjectError` `exists` for one that stays.
    package func put(
        _ key: String, _ bytes: [UInt8], type: String = "application/octet-stream", isNew: Bool = false
    ) throws(ObjectError) {
        var request = try put(place.path(of: key), .bytes(bytes))
        request.headers.append(("content-type", type))
        if isNew { request.headers.append(("if-none-match", "*")) }
        var answer = try send(request)
        if isNew, answer.status == 501 {
            request.headers.removeLast()
            answer = try send(request)
        }
        guard answer.status == 200 else { throw ObjectError(answer, of: "PUT") }
    }

    /// Stores a range of an open file as one object.
    package func put(
        _ key: String, file: Int32, offset: Int64, count: Int64, type: String
    ) throws(ObjectError) {
        var request = try put(place.path(of: key), .file(file, offset: offset, count: count))
        request.headers.append(("content-type", type))
        let answer = try send(request)
        guard answer.status == 200 else { throw ObjectError(answer, of: "PUT") }
    }

    /// A request with a body. Of its two digests each store checks one: SeaweedFS the MD5, others the SHA-256.
    func put(_ path: String, _ body: ObjectRequest.Body) throws(ObjectError) -> ObjectRequest {
        var digest = Insecure.MD5()
        switch body {
        case .bytes(let bytes): digest.update(data: bytes)
        case .file(let file, let offset, let count):
            try FileRange(file, offset, count).forEach { digest.update(bufferPointer: $0) }
        }
        var request = ObjectRequest("PUT", path)
        request.body = body
        request.headers.append(("content-md5", Base64.encode(digest.finalize(), .standard)))
        return request
    }

    /// Copies an object in the store.
    /// - Returns: false when there is none.
    package func copy(_ key: String, to other: String) throws(ObjectError) -> Bool {
        var request = ObjectRequest("PUT", place.path(of: other))
        let source = PercentCoding.encode("/\(place.bucket)/\(place.prefix)\(key)", keeping: .path)
        request.headers.append(("x-amz-copy-source", source))
        let answer = try send(request)
        switch answer.status {
        case 200: return true
        case 404: return false
        default: throw ObjectError(answer, of: "copy")
        }
    }

    /// Removes an object; one that is gone is no error.
    package func delete(_ key: String) throws(ObjectError) {
        let answer = try send(ObjectRequest("DELETE", place.path(of: key)))
        guard [200, 204, 404].contains(answer.status) else { throw ObjectError(answer, of: "DELETE") }
    }
}
