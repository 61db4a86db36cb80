import JSON

/// Sends requests to the API and gets its answers: through nginx, or to the router in this process.
package protocol APIClient: Sendable {
    /// The answer as it is.
    func reply(_ method: String, _ target: String, _ headers: [(String, String)], body: [UInt8]?) throws -> Reply
}

extension APIClient {
    /// Sends a request and holds its answer against the program's OpenAPI document: whatever a test wants of an answer,
    /// it is one that the document describes.
    /// - Throws: `Unmet` when it is not.
    package func send(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: [UInt8]? = nil
    ) throws -> Reply {
        let reply = try reply(method, target, headers, body: body)
        let faults = APIDescription.ofProgram?.faults(method, target, reply) ?? ["penstock openapi printed no document"]
        guard faults.isEmpty else { throw Unmet("not as the OpenAPI document says: \(faults.joined(separator: "; "))") }
        return reply
    }

    package func get(_ target: String, _ headers: [(String, String)] = []) throws -> Reply {
        try send("GET", target, headers)
    }

    package func head(_ target: String, _ headers: [(String, String)] = []) throws -> Reply {
        try send("HEAD", target, headers)
    }

    package func post(_ target: String, _ json: JSON, _ headers: [(String, String)] = []) throws -> Reply {
        try patiently {
            try send("POST", target, [("Content-Type", "application/json")] + headers, body: json.serialized)
        }
    }

    /// The answer to a request that is sent again for as long as the service says that it is busy, as callers do: only
    /// some of a service's responders make previews at once, and the cases of a test share its stage.
    func patiently(_ reply: () throws -> Reply) throws -> Reply {
        var last = try reply()
        _ = try eventually {
            guard last.status == 503, (try? last.json["message"]) == "busy" else { return true }
            last = try reply()
            return false
        }
        return last
    }
}
