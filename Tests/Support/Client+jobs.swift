import JSON

// The life of a job, as a client of the Exports API sees it.
extension APIClient {
    /// Creates a job, which must be accepted.
    /// - Returns: its `data`.
    package func create(_ request: JSON, _ headers: [(String, String)] = []) throws -> JSON {
        let reply = try post("/report/exports", request, headers)
        guard reply.status == 202, let data = try reply.json["data"] else {
            throw Unmet("create answered \(reply.status): \(reply.text.prefix(500))")
        }
        return data
    }

    package func job(_ id: String) throws -> JSON {
        let reply = try get("/report/exports/\(id)")
        guard reply.status == 200, let data = try reply.json["data"] else {
            throw Unmet("get answered \(reply.status): \(reply.text.prefix(500))")
        }
        return data
    }

    /// The job once it is in `state`. One that has come to another end is an error at once.
    /// - Parameter seconds: long enough for a machine on which everything else runs too, and the stage's workers are
    ///   busy.
    package func job(_ id: String, reaching state: String, within seconds: Double = 240) throws -> JSON {
        var last: JSON = nil
        let reached = try eventually(within: seconds) {
            last = try job(id)
            let now = last["status"]?.string ?? ""
            if now != state, ["failed", "cancelled", "expired", "ready"].contains(now), state != "expired" {
                throw Unmet("the job is \(now), not \(state): \(last["errorSummary"]?.string ?? "")")
            }
            return now == state
        }
        guard reached else { throw Unmet("the job stayed \(last["status"]?.string ?? "?")") }
        return last
    }
}

extension Client {
    /// The path and query of a signed link to the job's file.
    package func link(_ id: String) throws -> String {
        let reply = try get("/report/exports/\(id)/download")
        guard reply.status == 200, let url = try reply.json["data"]?["downloadUrl"]?.string,
            let start = url.firstRange(of: "/report/files/")
        else { throw Unmet("download answered \(reply.status): \(reply.text.prefix(500))") }
        return String(url[start.lowerBound...])
    }

    /// The bytes of a job's file, through its link, with no credential.
    package func file(_ id: String) throws -> Reply {
        var anonymous = self
        anonymous.credential = .none
        return try anonymous.get(link(id))
    }

    /// A request from create to the file's bytes.
    package func export(_ request: JSON, within seconds: Double = 240) throws -> (job: JSON, file: [UInt8]) {
        let id = try create(request)["id"]?.string ?? ""
        let job = try job(id, reaching: "ready", within: seconds)
        let reply = try file(id)
        guard reply.status == 200 else { throw Unmet("the file answered \(reply.status): \(reply.text.prefix(300))") }
        return (job, reply.body)
    }
}
