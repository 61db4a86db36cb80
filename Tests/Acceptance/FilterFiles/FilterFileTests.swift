import Glibc
import JSON
import Posix
import Support
import Testing

/// Exports that are narrowed to an uploaded list of keys: which rows they have.
@Suite(.waits) struct FilterFileTests {
    @Test(.overFolder, arguments: [true, false])
    func `the rows of the listed keys are exported, once each and in the report's order`(_ fileFirst: Bool) throws {
        let stage = try Stage.shared
        let codes = try FilterFile.codes(stage, "status <> 'failed'", limit: 500)
        // A byte order mark, both line ends, repeated and unknown keys, and an empty line.
        let lines = codes.enumerated().map { $1 + ($0 % 2 == 0 ? "\r\n" : "\n") }
        let list =
            "\u{FEFF}" + lines.joined() + "\n" + lines[..<20].joined() + "NO-SUCH-1\nno\\such\\N\n"
            + "NO-SUCH-2"
        let reply = try stage.client.post(
            "/report/exports", FilterFile.orders, list: Array(list.utf8), fileFirst: fileFirst)
        #expect(reply.status == 202, "\(reply.text)")
        let id = try #require(try reply.json["data"]?["id"]?.string)
        #expect(access(FilterFile.keyFile(stage, of: id), R_OK) == 0)
        let job = try stage.client.job(id, reaching: "ready")
        #expect(try FilterFile.firstColumn(stage.client.file(id).body) == FilterFile.expected(stage, codes))
        #expect(job["rowCount"] == 500 && job["metadata"]?["filterKeys"] == 523)
        #expect(job["metadata"]?["filterKeysDistinct"] == 503 && job["metadata"]?["filterKeysUnmatched"] == 3)
        #expect(
            job["metadata"]?["filterKeysUnmatchedFirst"] == [
                ["key": "NO-SUCH-1", "line": 522], ["key": "no\\such\\N", "line": 523],
                ["key": "NO-SUCH-2", "line": 524],
            ])
        let row = try stage.rows(
            "select filter_file, filter_keys, encode(filter_sha256, 'hex') from report_export_jobs where id = '\(id)'")
        let digest = try FilterFile.sha256(Array(list.utf8))
        #expect(row == [["keys.txt", "523", digest]])
    }

    @Test
    func `a preview and a workbook are narrowed by the same list, and the conditions of the request hold as well`()
        throws
    {
        let stage = try Stage.shared
        let codes =
            try FilterFile.codes(stage, "status = 'delivered'", limit: 30)
            + FilterFile.codes(
                stage, "status = 'failed'", limit: 7)
        let list = Array(codes.joined(separator: "\n").utf8)
        var request = try #require(FilterFile.orders.object)
        request["statuses"] = ["delivered"]
        let preview = try stage.client.post("/report/exports/preview", .object(request), list: list)
        #expect(preview.status == 200, "\(preview.text)")
        let data = try preview.json["data"]
        #expect(data?["totalRows"] == 30 && data?["done"] == false && data?["rows"]?.array?.count == 10)
        let unmatched: JSON = .array((31...35).map { ["key": .string(codes[$0 - 1]), "line": .int($0)] })
        #expect(data?["filterKeys"] == 37 && data?["filterKeysDistinct"] == 37 && data?["filterKeysUnmatched"] == 7)
        #expect(data?["filterKeysUnmatchedFirst"] == unmatched)
        // The responder's session has not kept the keys.
        let whole = try stage.client.post("/report/exports/preview", .object(request))
        #expect(try whole.json["data"]?["totalRows"]?.int ?? 0 > 30)

        request["format"] = "xlsx"
        request["csv"] = .null
        let id = try stage.client.create(.object(request), list: list)["id"]?.string ?? ""
        let job = try stage.client.job(id, reaching: "ready")
        #expect(job["rowCount"] == 30 && job["metadata"]?["filterKeysUnmatched"] == 7)
        #expect(job["metadata"]?["filterKeysUnmatchedFirst"] == unmatched)
        let first = try FilterFile.expected(stage, Array(codes[..<30])).prefix(10)
        #expect(data?["rows"]?.array?.compactMap { $0["delivery_code"]?.string } == Array(first))
    }

    @Test func `keys as people paste them find their rows, and what finds none is named with its line`() throws {
        let stage = try Stage.shared
        let codes = try FilterFile.codes(stage, "true", limit: 6)
        let marks = ["\u{A0}", " ", "\u{200B}", "\t", "\u{FEFF}", "\u{3000}"]
        let pasted = zip(codes, marks).map { "\($1)\($0)\($1) \r\n" }.joined() + " \r\n\u{A0}\n"
        let quoted = "\"\(codes[0])\"\n\(codes[1]);x\nA\u{30A}se\n\(codes[0])\u{200B}\(codes[0])"
        let list = Array((pasted + quoted).utf8)
        let unmatched: JSON = [
            ["key": .string("\"\(codes[0])\""), "line": 9], ["key": .string("\(codes[1]);x"), "line": 10],
            ["key": "A\u{30A}se", "line": 11], ["key": .string("\(codes[0])\u{200B}\(codes[0])"), "line": 12],
        ]
        let preview = try stage.client.post("/report/exports/preview", FilterFile.orders, list: list)
        let data = try preview.json["data"]
        #expect(data?["totalRows"] == 6 && data?["filterKeysUnmatchedFirst"] == unmatched, "\(preview.text)")
        let id = try stage.client.create(FilterFile.orders, list: list)["id"]?.string ?? ""
        let job = try stage.client.job(id, reaching: "ready")
        #expect(job["rowCount"] == 6 && job["metadata"]?["filterKeysUnmatchedFirst"] == unmatched, "\(job)")
        let path = "\(TestRun.folder)/pasted-\(Random.integer())"
        _ = try Shell.output(["tee", path], input: list)
        let command = try stage.penstock(
            "export", "--catalog", "delivery-orders", "--tenant", stage.tenant, "--filter-file", path, "--output",
            "\(path).csv", "--json")
        #expect(try JSON.parse(command.output)["filterKeysUnmatchedFirst"] == unmatched)
    }

    @Test(.overFolder) func `a list that an earlier version has stored is matched as before`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let codes = try FilterFile.codes(stage, "true", limit: 3)
        let waiting = try #require(stage.children(named: "dispatcher").first)
        kill(waiting, SIGSTOP)
        let id =
            try stage.client.create(FilterFile.orders, list: Array((codes + ["none"]).joined(separator: "\n").utf8))[
                "id"]?
            .string ?? ""
        let path = FilterFile.keyFile(stage, of: id)
        #expect(try String(decoding: File.bytes(at: path), as: UTF8.self).hasPrefix("\(codes[0])\t1\n"))
        _ = try Shell.output(["sed", "-i", "s/\t.*//", path])
        kill(waiting, SIGCONT)
        let job = try stage.client.job(id, reaching: "ready")
        #expect(job["rowCount"] == 3 && job["metadata"]?["filterKeysUnmatched"] == 1)
        #expect(job["metadata"]?["filterKeysUnmatchedFirst"] == [["key": "none", "line": nil]])
    }

    @Test func `a long list narrows an export in parts, to the same rows as one worker's`() throws {
        let stage = try Stage.shared
        let codes = try stage.rows(
            """
            select delivery_code from delivery_orders o where tenant_id = '\(stage.tenant)' and not exists (
                select from delivery_orders s where s.tenant_id = o.tenant_id and s.delivery_code = o.delivery_code
                    and extract(day from s.created_at) = 13)
            """, on: .source
        ).compactMap { $0.first ?? nil }
        #expect(codes.count > 150_000)
        let filler = (0..<(990_000 - codes.count)).map { "no-\($0)" }
        let list = Array((codes + filler).joined(separator: "\n").utf8)
        let id = try stage.client.create(FilterFile.orders, list: list)["id"]?.string ?? ""
        let job = try stage.client.job(id, reaching: "ready", within: 240)
        #expect(
            job["rowCount"] == .int(codes.count) && job["metadata"]?["filterKeysUnmatched"] == .int(filler.count),
            "\(job) \(codes.count)")
        let got = try FilterFile.firstColumn(stage.client.file(id).body)
        #expect(got.count == codes.count && Set(got) == Set(codes))
        let folder = "\(TestRun.folder)/long-list"
        try File.makeFolders(folder)
        let path = "\(folder)/keys.txt"
        _ = try Shell.output(["tee", path], input: list)
        let alone = try stage.penstock(
            "export", "--catalog", "delivery-orders", "--tenant", stage.tenant, "--column", "delivery_code", "--column",
            "created_at", "--no-formula-guard", "--filter-file", path, "--output", "\(folder)/alone.csv",
            "--json")
        #expect(alone.status == 0, "\(alone.errorText)")
        #expect(try JSON.parse(alone.output)["sha256"] == job["metadata"]?["sha256"])
        #expect(try File.names(in: folder).filter { $0.hasPrefix(".penstock-keys") }.isEmpty)
    }
}
