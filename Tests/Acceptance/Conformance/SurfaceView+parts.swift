import JSON
import Support

/// Where the parts of a large export stand.
struct PartsTold: Equatable, Sendable {
    var total: Int
    /// The numbers of those that are finished.
    var ready: Set<Int> = []
    /// The numbers of those that can be downloaded by themselves.
    var files: Set<Int> = []
}

/// What a surface says of parts, each in its own words.
struct PartsAnswer: Sendable {
    /// What it says, put into the words that all share.
    var told: PartsTold
    /// Links to parts by their number, as path and query.
    var targets: [Int: String] = [:]
    /// As much of the engine's word as the surface tells.
    var known: @Sendable (PartsTold) -> PartsTold = { $0 }
}

extension SurfaceView {
    /// The Exports API tells of parts by the download call alone: a link, 409 with the part's state, or 404 beyond
    /// the last.
    static let exportsParts: @Sendable (Client, JobNames, Stage) throws -> PartsAnswer? = { client, job, stage in
        var answer = PartsAnswer(told: PartsTold(total: 0))
        for number in 1...1000 {
            let reply = try client.get("/report/exports/\(job.id)/download?part=\(number)")
            if reply.status == 404 { return answer }
            let url = try reply.json["data"]?["downloadUrl"]?.string
            guard reply.status == 200 ? url != nil : reply.status == 409 else { throw Unmet(reply.text) }
            answer.told.total = number
            if let url {
                answer.told.files.insert(number)
                answer.targets[number] = try ReportsTests.target(url, stage)
            }
            if try url != nil || reply.json["status"] == "ready" { answer.told.ready.insert(number) }
        }
        throw Unmet("the parts have no end")
    }

    /// The Recent API: a parent with counts, and a child for each part that names it.
    static let recentParts: @Sendable (Client, JobNames, Stage) throws -> PartsAnswer? = { client, job, stage in
        let parent = try client.get("/api/v1/exports/\(job.serial)").json["export"]
        let list = try client.get("/api/v1/exports?parent_report_id=\(job.serial)&limit=100").json["exports"]?.array
        var answer = PartsAnswer(told: PartsTold(total: parent?["progress"]?["total_parts"]?.int ?? -1))
        guard let children = list, parent?["chunked_export"] == true, children.count == answer.told.total else {
            throw Unmet("parent and children differ")
        }
        for (index, child) in children.enumerated() {
            // Each child alone is what it is in the list; the links are of different seconds.
            let id = child["id"]?.int ?? 0
            let alone = try client.get("/api/v1/exports/\(id)").json["export"]
            for name in ["status", "status_display", "filename", "parent_report_id", "display_name"] {
                if alone?[name] != child[name] { throw Unmet("\(name) of \(id) differs") }
            }
            if child["parent_report_id"] != .number(job.serial) { throw Unmet("a child of somebody else's") }
            if child["status"] == "completed" { answer.told.ready.insert(index + 1) }
            guard let url = child["download_url"]?.string else { continue }
            answer.told.files.insert(index + 1)
            answer.targets[index + 1] = try ReportsTests.target(url, stage)
        }
        let counted = parent?["progress"]?["parts_ready"]?.int
        if counted != answer.told.ready.count { throw Unmet("\(counted ?? -1) parts ready, not \(answer.told.ready)") }
        return answer
    }

    /// The Records API names the parts that are ready; how many there will be it says only by the page it is at.
    static let recordsParts: @Sendable (Client, JobNames, Stage) throws -> PartsAnswer? = { client, job, _ in
        let record = try client.get("/api/v1/exports/\(job.serial)/").json
        let names = record["uploaded_parts"]?.array?.compactMap(\.string) ?? []
        let numbers = names.compactMap { name in
            name.firstMatch(of: /^part_([0-9]+)\.csv\.gz$/).flatMap { Int($0.1) }
        }
        if numbers.count != names.count { throw Unmet("\(names)") }
        return PartsAnswer(
            told: PartsTold(total: record["page"]?.int ?? -1, ready: Set(numbers)),
            known: { PartsTold(total: min($0.ready.count + 1, $0.total), ready: $0.ready) })
    }
}
