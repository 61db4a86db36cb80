import Coding

/// Uploads in parts: an object appears when all of it is there, and not before.
extension ObjectClient {
    /// - Returns: the upload's id.
    package func beginUpload(_ key: String, type: String) throws(ObjectError) -> String {
        var request = ObjectRequest("POST", place.path(of: key))
        request.query = [("uploads", "")]
        request.headers.append(("content-type", type))
        let answer = try send(request)
        guard answer.status == 200, let id = answer.text.element("UploadId") else {
            throw ObjectError(answer, of: "begin upload")
        }
        return id
    }

    /// Sends one part; the same one may be sent again.
    /// - Parameter number: from 1 to 10,000.
    /// - Returns: its ETag.
    package func uploadPart(
        _ key: String, _ id: String, number: Int, file: Int32, offset: Int64, count: Int64
    ) throws(ObjectError) -> String {
        var request = try put(place.path(of: key), .file(file, offset: offset, count: count))
        request.query = [("partNumber", "\(number)"), ("uploadId", id)]
        let answer = try send(request)
        guard answer.status == 200, let etag = answer.headers["etag"] else {
            throw ObjectError(answer, of: "upload part")
        }
        return etag
    }

    /// Makes the object of its parts. An answer that was lost says nothing, so the object is looked for then.
    /// - Parameters:
    ///   - etags: of the parts, in their order.
    ///   - size: of the object, in bytes.
    package func completeUpload(
        _ key: String, _ id: String, etags: [String], size: Int64
    ) throws(ObjectError) {
        var request = ObjectRequest("POST", place.path(of: key))
        request.query = [("uploadId", id)]
        let parts = etags.enumerated().map { "<Part><PartNumber>\($0 + 1)</PartNumber><ETag>\($1)</ETag></Part>" }
        request.body = .bytes(
            Array(
                "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(parts.joined())</CompleteMultipartUpload>"
                    .utf8))
        var failure: ObjectError
        do throws(ObjectError) {
            let answer = try send(request)
            if answer.status == 200, answer.text.element("ETag") != nil { return }
            failure = ObjectError(answer, of: "complete upload")
        } catch {
            failure = error
        }
        if [.unavailable, .missing].contains(failure.kind), try status(of: key)?.size == size { return }
        throw failure
    }

    /// Ends an upload that nobody will complete; one that is gone is no error.
    package func abortUpload(_ key: String, _ id: String) throws(ObjectError) {
        var request = ObjectRequest("DELETE", place.path(of: key))
        request.query = [("uploadId", id)]
        let answer = try send(request)
        guard [200, 204, 404].contains(answer.status) else { throw ObjectError(answer, of: "abort upload") }
    }
}
