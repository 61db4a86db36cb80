import Glibc
import JSON
import Posix
import Support
import Testing

/// Exports that are narrowed to an uploaded list of keys.
@Suite(.waits) struct FilterFileTests {
    static let orders: JSON = [
        "module": "delivery", "catalog": "delivery-orders", "format": "csv",
        "columns": ["delivery_code", "created_at"],
        "csv": ["formulaGuard": false],
    ]

    /// Some of the tenant's delivery codes.
    private static func codes(_ stage: Stage, _ condition: String, limit: Int) throws -> [String] {
        try stage.rows(
            """
            select delivery_code from delivery_orders where tenant_id = '\(stage.tenant)' and \(condition)
            order by md5(delivery_code) limit \(limit)
            """, on: .source
        ).compactMap { $0.first ?? nil }
    }

    /// The codes that a list with these keys gives, in the report's order, by an independent query.
    private static func expected(_ stage: Stage, _ codes: [String]) throws -> [String] {
        let list = codes.map { "('\($0.replacing("'", with: "''"))')" }.joined(separator: ",")
        return try stage.rows(
            """
            select d.delivery_code from delivery_orders d where d.tenant_id = '\(stage.tenant)'
              and exists (select from (values \(list)) v(code) where v.code = d.delivery_code)
            order by d.created_at desc, d.id desc
            """, on: .source
        ).compactMap { $0.first ?? nil }
    }

    private static func firstColumn(_ file: [UInt8]) -> [String] {
        CSVText(file).records.dropFirst().compactMap { $0.first?.text }
    }

    private static func sha256(_ bytes: [UInt8]) throws -> String {
        String(decoding: try Shell.output(["sha256sum"], input: bytes), as: UTF8.self).split(separator: " ")
            .first.map(String.init) ?? ""
    }

    private static func keyFiles(_ stage: Stage) throws -> Set<String> {
        let found = try Shell.output(["find", "\(stage.state)/storage/files", "-name", "*.keys*"])
        return Set(String(decoding: found, as: UTF8.self).split(separator: "\n").map(String.init))
    }

    private static func keyFile(_ stage: Stage, of job: String) -> String {
        "\(stage.state)/storage/files/\(job.suffix(2))/\(job).0.keys"
    }

    @Test(arguments: [true, false])
    func `the rows of the listed keys are exported, once each and in the report's order`(_ fileFirst: Bool) throws {
        let stage = try Stage.shared
        let codes = try Self.codes(stage, "status <> 'failed'", limit: 500)
        // A byte order mark, both line ends, repeated and unknown keys, and an empty line.
        let lines = codes.enumerated().map { $1 + ($0 % 2 == 0 ? "\r\n" : "\n") }
        let list =
            "\u{FEFF}" + lines.joined() + "\n" + lines[..<20].joined() + "NO-SUCH-1\nno\\such\\N\n"
            + "NO-SUCH-2"
        let reply = try stage.client.post("/report/exports", Self.orders, list: Array(list.utf8), fileFirst: fileFirst)
        #expect(reply.status == 202, "\(reply.text)")
        let id = try #require(try reply.json["data"]?["id"]?.string)
        #expect(access(Self.keyFile(stage, of: id), R_OK) == 0)
        let job = try stage.client.job(id, reaching: "ready")
        #expect(try Self.firstColumn(stage.client.file(id).body) == Self.expected(stage, codes))
        #expect(job["rowCount"] == 500 && job["metadata"]?["filterKeys"] == 523)
        #expect(job["metadata"]?["filterKeysDistinct"] == 503 && job["metadata"]?["filterKeysUnmatched"] == 3)
        #expect(
            job["metadata"]?["filterKeysUnmatchedFirst"] == [
                ["key": "NO-SUCH-1", "line": 522], ["key": "no\\such\\N", "line": 523],
                ["key": "NO-SUCH-2", "line": 524],
            ])
        let row = try stage.rows(
            "select filter_file, filter_keys, encode(filter_sha256, 'hex') from report_export_jobs where id = '\(id)'")
        let digest = try Self.sha256(Array(list.utf8))
        #expect(row == [["keys.txt", "523", digest]])
    }

    @Test
    func `a preview and a workbook are narrowed by the same list, and the conditions of the request hold as well`()
        throws
    {
        let stage = try Stage.shared
        let codes =
            try Self.codes(stage, "status = 'delivered'", limit: 30)
            + Self.codes(
                stage, "status = 'failed'", limit: 7)
        let list = Array(codes.joined(separator: "\n").utf8)
        var request = try #require(Self.orders.object)
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
        let first = try Self.expected(stage, Array(codes[..<30])).prefix(10)
        #expect(data?["rows"]?.array?.compactMap { $0["delivery_code"]?.string } == Array(first))
    }

    @Test func `keys as people paste them find their rows, and what finds none is named with its line`() throws {
        let stage = try Stage.shared
        let codes = try Self.codes(stage, "true", limit: 6)
        let marks = ["\u{A0}", " ", "\u{200B}", "\t", "\u{FEFF}", "\u{3000}"]
        let pasted = zip(codes, marks).map { "\($1)\($0)\($1) \r\n" }.joined() + " \r\n\u{A0}\n"
        let quoted = "\"\(codes[0])\"\n\(codes[1]);x\nA\u{30A}se\n\(codes[0])\u{200B}\(codes[0])"
        let list = Array((pasted + quoted).utf8)
        let unmatched: JSON = [
            ["key": .string("\"\(codes[0])\""), "line": 9], ["key": .string("\(codes[1]);x"), "line": 10],
            ["key": "A\u{30A}se", "line": 11], ["key": .string("\(codes[0])\u{200B}\(codes[0])"), "line": 12],
        ]
        let preview = try stage.client.post("/report/exports/preview", Self.orders, list: list)
        let data = try preview.json["data"]
        #expect(data?["totalRows"] == 6 && data?["filterKeysUnmatchedFirst"] == unmatched, "\(preview.text)")
        let id = try stage.client.create(Self.orders, list: list)["id"]?.string ?? ""
        let job = try stage.client.job(id, reaching: "ready")
        #expect(job["rowCount"] == 6 && job["metadata"]?["filterKeysUnmatchedFirst"] == unmatched, "\(job)")
        let path = "\(TestRun.folder)/pasted-\(Random.integer())"
        _ = try Shell.output(["tee", path], input: list)
        let command = try stage.penstock(
            "export", "--catalog", "delivery-orders", "--tenant", stage.tenant, "--filter-file", path, "--output",
            "\(path).csv", "--json")
        #expect(try JSON.parse(command.output)["filterKeysUnmatchedFirst"] == unmatched)
    }

    @Test func `a list that an earlier version has stored is matched as before`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let codes = try Self.codes(stage, "true", limit: 3)
        let waiting = try #require(stage.children(named: "dispatcher").first)
        kill(waiting, SIGSTOP)
        let id =
            try stage.client.create(Self.orders, list: Array((codes + ["none"]).joined(separator: "\n").utf8))["id"]?
            .string ?? ""
        let path = Self.keyFile(stage, of: id)
        #expect(try String(decoding: File.bytes(at: path), as: UTF8.self).hasPrefix("\(codes[0])\t1\n"))
        _ = try Shell.output(["sed", "-i", "s/\t.*//", path])
        kill(waiting, SIGCONT)
        let job = try stage.client.job(id, reaching: "ready")
        #expect(job["rowCount"] == 3 && job["metadata"]?["filterKeysUnmatched"] == 1)
        #expect(job["metadata"]?["filterKeysUnmatchedFirst"] == [["key": "none", "line": nil]])
    }

    @Test func `a long list narrows an export in parts, to the same rows as one worker's`() throws {
        let stage = try Stage(["DEMO_ROWS": "220000"])
        defer { stage.stop() }
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
        let id = try stage.client.create(Self.orders, list: list)["id"]?.string ?? ""
        let job = try stage.client.job(id, reaching: "ready")
        #expect(
            job["rowCount"] == .int(codes.count) && job["metadata"]?["filterKeysUnmatched"] == .int(filler.count),
            "\(job) \(codes.count)")
        let got = try Self.firstColumn(stage.client.file(id).body)
        #expect(got.count == codes.count && Set(got) == Set(codes))
        let path = "\(TestRun.folder)/long-list"
        _ = try Shell.output(["tee", path], input: list)
        let alone = try stage.penstock(
            "export", "--catalog", "delivery-orders", "--tenant", stage.tenant, "--column", "delivery_code", "--column",
            "created_at", "--no-formula-guard", "--filter-file", path, "--output", "\(TestRun.folder)/alone.csv",
            "--json")
        #expect(alone.status == 0, "\(alone.errorText)")
        #expect(try JSON.parse(alone.output)["sha256"] == job["metadata"]?["sha256"])
        #expect(try File.names(in: TestRun.folder).filter { $0.hasPrefix(".penstock-keys") }.isEmpty)
    }

    @Test func `all faults of the request and of the list are told at once, and nothing is kept`() throws {
        let stage = try Self.small.get()
        var request = try #require(Self.orders.object)
        request["format"] = "pdf"
        request["columns"] = ["delivery_code", "nope"]
        func faults(_ reply: Reply) throws -> [String] {
            #expect(reply.status == 400)
            return (try reply.json["errors"]?.array ?? []).map {
                "\($0["field"]?.string ?? ""): \($0["message"]?.string ?? "")"
            }
        }
        let many = try faults(
            stage.client.post("/report/exports", .object(request), list: Array("ok\na\tb\n".utf8) + [0xFF]))
        #expect(
            many == [
                "format: format must be one of csv, xlsx", "columns: unknown column: nope",
                "filterFile: line 2 holds a control character", "filterFile: line 3 is not UTF-8",
            ])
        for (request, list, fault) in [
            (Self.orders, "\n\r\n \n\u{A0}\t", "filterFile: filterFile holds no key"),
            (
                Self.orders, "PK\u{3}\u{4}\u{1}\n\u{1}\n",
                "filterFile: filterFile is a workbook (or another ZIP archive); save the column of keys as text in UTF-8,"
                    + " a key on each line"
            ),
            (
                Self.orders, "A\u{0}1\u{0}\n\u{0}A\u{0}2\u{0}\n\u{0}",
                "filterFile: filterFile is UTF-16; save it as text in UTF-8, a key on each line"
            ),
            (
                ["module": "warehouse", "catalog": "warehouses", "format": "csv"], "a",
                "filterFile: the catalog warehouses has no filter key"
            ),
        ] as [(JSON, String, String)] {
            for target in ["/report/exports", "/report/exports/preview"] {
                let reply = try stage.client.post(target, request, list: Array(list.utf8))
                #expect(try faults(reply) == [fault])
            }
        }
        let request2 = Self.orders.serialized
        let forms: [([UInt8], String)] = [
            (Multipart.body([("request", nil, request2)]), "filterFile: the part filterFile is missing"),
            (Multipart.body([("filterFile", "a", [0x61])]), "request: the part request is missing"),
            (
                Multipart.body([("request", nil, request2), ("filterFile", "a", [0x61]), ("x", nil, [])]),
                "body: unknown part: x"
            ),
            (
                Multipart.body([("request", nil, request2), ("request", nil, request2), ("filterFile", "a", [0x61])]),
                "body: the part request is given twice"
            ),
            (Array(Multipart.body(Self.orders, [0x61]).dropLast(10)), "body: the multipart body is cut short"),
            (Multipart.body([("request", nil, [0x7B]), ("filterFile", "a", [0x61])]), "body: "),
        ]
        for (body, fault) in forms {
            let reply = try stage.client.send("POST", "/report/exports", [Multipart.contentType], body: body)
            let told = try faults(reply)
            #expect(told.count == 1 && told[0].hasPrefix(fault), "\(told)")
        }
        let unknown = try stage.client.post(
            "/report/exports", ["module": "delivery", "catalog": "nope", "format": "csv"], list: [0xFF])
        #expect(unknown.status == 404)
        #expect(try Self.keyFiles(stage).isEmpty)
    }

    @Test func `who may not export is told before the list is looked at`() throws {
        let stage = try Stage.shared
        let list = Array(repeating: UInt8(1), count: 3 << 20)
        #expect(try stage.client(.none).post("/report/exports", Self.orders, list: list).status == 401)
        #expect(
            try stage.client(.bearer(stage["VIEW_TOKEN"])).post("/report/exports", Self.orders, list: list).status
                == 403)
        let multipart = try stage.client.send(
            "POST", "/report/exports", [("Content-Type", "multipart/form-data")], body: list)
        #expect(multipart.status == 413 || multipart.status == 415, "\(multipart.status)")
    }

    /// A stage on which no list is ever kept.
    private static let small = Result { try Stage(["PENSTOCK_FILTER_FILE_MB": "1"]) }

    @Test func `a body beyond the limit is 413, by Penstock and by nginx`() throws {
        let stage = try Self.small.get()
        for bytes in [3 << 20, 34 << 20] {
            let reply = try stage.client.post(
                "/report/exports", Self.orders, list: Array(repeating: UInt8(ascii: "1"), count: bytes))
            #expect(reply.status == 413 && reply.text == #"{"success":false,"message":"payload_too_large"}"#)
        }
        let preview = try stage.client.post("/report/exports/preview", Self.orders, list: Array("a\nb".utf8))
        #expect(preview.status == 200)
        // JSON has the old limit on the same path.
        let json = try stage.client.send(
            "POST", "/report/exports", [("Content-Type", "application/json")],
            body: Array(repeating: UInt8(ascii: " "), count: 3 << 20))
        #expect(json.status == 413)
        #expect(try Self.keyFiles(stage).isEmpty)
    }

    @Test func `a responder does not hold the list`() throws {
        let stage = try Stage(["PENSTOCK_RESPONDERS": "1"])
        defer { stage.stop() }
        func peak() throws -> Int {
            let responder = try #require(stage.children(named: "responder").first)
            let status = String(
                decoding: try FileDescriptor.open("/proc/\(responder)/status", O_RDONLY).readAll(), as: UTF8.self)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
            return Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0
        }
        _ = try stage.client.post("/report/exports/preview", Self.orders, list: [0x61])
        let before = try peak()
        let line = Array((String(repeating: "k", count: 999) + "\n").utf8)
        let list = (0..<31_000).flatMap { _ in line }
        let reply = try stage.client.post("/report/exports/preview", Self.orders, list: list)
        #expect(reply.status == 200, "\(reply.text)")
        let after = try peak()
        #expect(after - before < 4096, "\(before) kB, then \(after) kB")
    }

    @Test func `a kept list can be named by its digest, by its tenant alone`() throws {
        let stage = try Stage.shared
        let codes = try Self.codes(stage, "true", limit: 12)
        let list = Array((codes.joined(separator: "\n") + "\nonce-\(Random.integer())").utf8)
        let digest = try Self.sha256(list)
        var request = try #require(Self.orders.object)
        request["filterFile"] = .string(digest)
        func refusal(_ client: Client) throws -> String {
            let reply = try client.post("/report/exports", .object(request))
            #expect(reply.status == 400)
            return try reply.json["errors"]?.array?.first?["message"]?.string ?? ""
        }
        #expect(try refusal(stage.client).hasPrefix("filterFile must be the SHA-256"))
        let first = try stage.client.create(Self.orders, list: list)["id"]?.string ?? ""
        _ = try stage.client.job(first, reaching: "ready")
        #expect(try refusal(stage.client(.bearer(stage["OTHER_TOKEN"]))).hasPrefix("filterFile must be the SHA-256"))

        let preview = try stage.client.post("/report/exports/preview", .object(request))
        #expect(try preview.json["data"]?["totalRows"] == 12)
        let second = try stage.client.create(.object(request))["id"]?.string ?? ""
        let job = try stage.client.job(second, reaching: "ready")
        #expect(job["rowCount"] == 12 && job["metadata"]?["filterKeysUnmatched"] == 1)
        #expect(access(Self.keyFile(stage, of: second), R_OK) == 0)
        var twice = try #require(Self.orders.object)
        twice["filterFile"] = .string(digest)
        let both = try stage.client.post("/report/exports", .object(twice), list: list)
        #expect(both.status == 400 && both.text.contains("is a part already"))
    }

    @Test func `an idempotency key covers the list, and a repetition keeps no second one`() throws {
        let stage = try Stage.shared
        let key = [("Idempotency-Key", "list-\(Random.integer())")]
        let codes = try Self.codes(stage, "true", limit: 3)
        let list = Array(codes.joined(separator: "\n").utf8)
        let first = try stage.client.create(Self.orders, list: list, key)["id"]
        let again = try stage.client.create(Self.orders, list: list, key)["id"]
        #expect(first == again)
        let other = try stage.client.post("/report/exports", Self.orders, list: list + [0x0A, 0x61], key)
        #expect(other.status == 422)
        #expect(access(Self.keyFile(stage, of: first?.string ?? ""), F_OK) == 0)
    }

    @Test func `a list stays while its export may be made, and goes with it`() throws {
        let stage = try Stage(["DEMO_ROWS": "20000"])
        defer { stage.stop() }
        let codes = try Self.codes(stage, "true", limit: 3)
        let list = Array(codes.joined(separator: "\n").utf8)
        // A report whose rows are gone: a re-export of it asks the data again, with a list of its own.
        let report = try stage.client.create(Self.orders, list: list)["id"]?.string ?? ""
        _ = try stage.client.job(report, reaching: "ready")
        try stage.psql("select record_rows_deletion('\(report)')")
        func again() throws -> String {
            let name = try ReexportTests.create(report, [:], stage.client)["reexport_id"]?.string ?? ""
            return UUID(ulid: String(name.dropFirst("reexp_".utf8.count)))?.description ?? ""
        }
        // Cancelled, on whichever surface: at once.
        let waiting = try #require(stage.children(named: "dispatcher").first)
        kill(waiting, SIGSTOP)
        let superuser = stage.client(.bearer(stage["ADMIN_TOKEN"]))
        func made() throws -> String { try stage.client.create(Self.orders, list: list)["id"]?.string ?? "" }
        let surfaces: [(name: String, make: () throws -> String, cancel: (String) throws -> Int)] = [
            ("Exports", made, { try stage.client.send("POST", "/report/exports/\($0)/cancel").status }),
            (
                "Records", made,
                { id in
                    let serial = try stage.value("select serial from report_export_jobs where id = '\(id)'")
                    return try superuser.send("POST", "/api/v1/exports/\(serial ?? "")/set_cancel/").status
                }
            ),
            ("Re-exports, DELETE", again, { try stage.client.send("DELETE", "\(ReexportTests.path)/\($0)").status }),
            (
                "Re-exports, PUT", again,
                {
                    try superuser.send(
                        "PUT", "\(ReexportTests.path)/\($0)?tenant_id=\(stage.tenant)",
                        [("Content-Type", "application/json")], body: Array(#"{"status":"cancelled"}"#.utf8)
                    ).status
                }
            ),
        ]
        for surface in surfaces {
            let id = try surface.make()
            #expect(access(Self.keyFile(stage, of: id), F_OK) == 0, "\(surface.name)")
            #expect(try surface.cancel(id) == 200, "\(surface.name)")
            #expect(access(Self.keyFile(stage, of: id), F_OK) != 0, "\(surface.name)")
        }
        #expect(access(Self.keyFile(stage, of: report), F_OK) == 0, "the report keeps its own")
        kill(waiting, SIGCONT)
        // Expired: with the file.
        let old = try stage.client.create(Self.orders, list: list)["id"]?.string ?? ""
        _ = try stage.client.job(old, reaching: "ready")
        #expect(access(Self.keyFile(stage, of: old), F_OK) == 0)
        try stage.rows(
            """
            update report_export_jobs set expires_at = clock_timestamp() - interval '1 day' where id = '\(old)'
            """)
        let keeper = try #require(stage.children(named: "housekeeper").first)
        kill(keeper, SIGKILL)
        #expect(eventually(within: 30) { access(Self.keyFile(stage, of: old), F_OK) != 0 })

        // An attempt that dies: the next one reads it again.
        let all = try Self.codes(stage, "true", limit: 100_000)
        let id = try stage.client.create(Self.orders, list: Array(all.joined(separator: "\n").utf8))["id"]?.string ?? ""
        let dispatcher = try #require(stage.children(named: "dispatcher").first)
        let killed = eventually(within: 20) {
            guard let child = stage.children(named: "export", of: dispatcher).first else { return false }
            return kill(child, SIGKILL) == 0
        }
        #expect(killed)
        let job = try stage.client.job(id, reaching: "ready")
        #expect(job["rowCount"] == .int(all.count))
        #expect(try stage.value("select attempts from report_export_jobs where id = '\(id)'") == "2")
    }

    @Test func `a standby, and a role that may make no temporary table, fail with the reason`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let list = Array("a".utf8)
        try stage.psql("revoke temporary on database demo from penstock_reader", on: .sourceOwner)
        let preview = try stage.client.post("/report/exports/preview", Self.orders, list: list)
        #expect(preview.status == 409 && preview.text.contains("filter_refused"), "\(preview.text)")
        let id = try stage.client.create(Self.orders, list: list)["id"]?.string ?? ""
        #expect(eventually(within: 20) { (try? stage.client.job(id)["status"]) == "failed" })
        #expect(try stage.value("select error_code from report_export_jobs where id = '\(id)'") == "filter_refused")
        #expect(eventually(within: 5) { access(Self.keyFile(stage, of: id), F_OK) != 0 })

        try stage.psql("grant temporary on database demo to penstock_reader", on: .sourceOwner)
        let standby = try Standby(of: stage)
        defer { standby.stop() }
        var settings = stage.settings
        settings["PENSTOCK_SOURCE_URL"] = standby.url(stage["SOURCE_URL"])
        let path = "\(TestRun.folder)/standby-list"
        _ = try Shell.output(["tee", path], input: list)
        let arguments = [
            TestRun.program, "export", "--catalog", "delivery-orders", "--tenant", stage.tenant, "--output", "-",
        ]
        #expect(try Shell.run(arguments, environment: settings).status == 0)
        let refused = try Shell.run(arguments + ["--filter-file", path], environment: settings)
        #expect(refused.status != 0 && refused.errorText.contains("standby"), "\(refused.errorText)")
    }
}
