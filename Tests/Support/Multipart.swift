import JSON

/// multipart/form-data bodies as curl and browsers write them.
package enum Multipart {
    package static let boundary = "----penstock7MA4YWxkTrZu0gW"
    package static let contentType = ("Content-Type", "multipart/form-data; boundary=\(boundary)")

    package static func body(_ parts: [(name: String, fileName: String?, content: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in parts {
            let file = part.fileName.map { "; filename=\"\($0)\"" } ?? ""
            bytes += Array(
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\r\n".utf8)
            bytes += part.content + [0x0D, 0x0A]
        }
        return bytes + Array("--\(boundary)--\r\n".utf8)
    }

    /// A request with its list of keys.
    package static func body(_ request: JSON, _ list: [UInt8], fileFirst: Bool = false) -> [UInt8] {
        let parts = [("request", nil, request.serialized), ("filterFile", "keys.txt", list)]
        return body(fileFirst ? parts.reversed() : parts)
    }
}

extension Client {
    /// POSTs a request with a list of keys.
    package func post(
        _ target: String, _ request: JSON, list: [UInt8], _ headers: [(String, String)] = [], fileFirst: Bool = false
    ) throws -> Reply {
        try patiently {
            try send(
                "POST", target, [Multipart.contentType] + headers,
                body: Multipart.body(request, list, fileFirst: fileFirst))
        }
    }

    /// Creates an export with a list of keys, which must be accepted.
    /// - Returns: its `data`.
    package func create(_ request: JSON, list: [UInt8], _ headers: [(String, String)] = []) throws -> JSON {
        let reply = try post("/report/exports", request, list: list, headers)
        guard reply.status == 202, let data = try reply.json["data"] else {
            throw Unmet("create answered \(reply.status): \(reply.text.prefix(500))")
        }
        return data
    }
}
