import Coding

/// An object as a list tells of it.
package struct ListedObject: Sendable {
    /// Below the place's prefix.
    package let key: String
    /// Bytes.
    package let size: Int64
    /// RFC 3339: `2026-11-28T20:30:00.000Z`.
    package let modified: String
}

/// A multipart upload that was begun and neither completed nor aborted.
package struct ListedUpload: Sendable {
    /// Below the place's prefix.
    package let key: String
    package let id: String
    /// RFC 3339.
    package let begun: String
}

extension ObjectClient {
    /// All objects whose keys begin so, page by page.
    package func objects(_ beginning: String) throws(ObjectError) -> [ListedObject] {
        var found: [ListedObject] = []
        var token: String?
        repeat {
            var query = [("list-type", "2"), ("prefix", place.prefix + beginning)]
            if let token { query.append(("continuation-token", token)) }
            let page = try list(query)
            found += page.elements("Contents").compactMap { entry in
                guard let key = ownKey(entry), let size = entry.element("Size").flatMap({ Int64($0) }) else {
                    return nil
                }
                return ListedObject(key: key, size: size, modified: entry.element("LastModified") ?? "")
            }
            let next = page.element("IsTruncated") == "true" ? page.element("NextContinuationToken") : nil
            if next != nil, next == token { throw ObjectError(.other, "list", "gave the same page again") }
            token = next
        } while token != nil
        return found
    }

    /// All uploads under way whose keys begin so, page by page.
    package func uploads(_ beginning: String) throws(ObjectError) -> [ListedUpload] {
        var found: [ListedUpload] = []
        var marker: (key: String, id: String)?
        repeat {
            var query = [("uploads", ""), ("prefix", place.prefix + beginning)]
            if let marker { query += [("key-marker", marker.key), ("upload-id-marker", marker.id)] }
            let page = try list(query)
            found += page.elements("Upload").compactMap { entry in
                guard let key = ownKey(entry), let id = entry.element("UploadId") else { return nil }
                return ListedUpload(key: key, id: id, begun: entry.element("Initiated") ?? "")
            }
            let next = page.element("IsTruncated") == "true" ? page.element("NextKeyMarker") : nil
            let id = page.element("NextUploadIdMarker") ?? ""
            if let next, let marker, marker == (next, id) {
                throw ObjectError(.other, "list uploads", "gave the same page again")
            }
            marker = next.map { ($0, id) }
        } while marker != nil
        return found
    }

    private func list(_ query: [(String, String)]) throws(ObjectError) -> XMLText {
        // Path style has the bucket without a slash: some stores take the slash for a key.
        var request = ObjectRequest("GET", place.style == .path ? "/\(place.bucket)" : "/")
        request.query = query
        let answer = try send(request)
        guard answer.status == 200 else { throw ObjectError(answer, of: "list") }
        return answer.text
    }

    private func ownKey(_ entry: XMLText) -> String? {
        guard let key = entry.element("Key"), key.hasPrefix(place.prefix) else { return nil }
        return String(key.dropFirst(place.prefix.count))
    }
}
