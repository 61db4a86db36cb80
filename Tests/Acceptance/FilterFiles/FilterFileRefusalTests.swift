import Glibc
import JSON
import Posix
import Support
import Testing

/// Lists of keys that are refused, and why.
@Suite(.waits) struct FilterFileRefusalTests {
    /// A stage on which no list is ever kept.
    private static let small = Result { try Stage(["PENSTOCK_FILTER_FILE_MB": "1"]) }

    @Test(.overFolder) func `all faults of the request and of the list are told at once, and nothing is kept`() throws {
        let stage = try Self.small.get()
        var request = try #require(FilterFile.orders.object)
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
                "format: format must be one of csv, xlsx", "columns: unknown column: nope; did you mean 'note'?",
                "filterFile: line 2 holds a control character", "filterFile: line 3 is not UTF-8",
            ])
        for (request, list, fault) in [
            (FilterFile.orders, "\n\r\n \n\u{A0}\t", "filterFile: filterFile holds no key"),
            (
                FilterFile.orders, "PK\u{3}\u{4}\u{1}\n\u{1}\n",
                "filterFile: filterFile is a workbook (or another ZIP archive); save the column of keys as text in UTF-8,"
                    + " a key on each line"
            ),
            (
                FilterFile.orders, "A\u{0}1\u{0}\n\u{0}A\u{0}2\u{0}\n\u{0}",
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
        let request2 = FilterFile.orders.serialized
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
            (Array(Multipart.body(FilterFile.orders, [0x61]).dropLast(10)), "body: the multipart body is cut short"),
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
        #expect(try FilterFile.keyFiles(stage).isEmpty)
    }

    @Test func `who may not export is told before the list is looked at`() throws {
        let stage = try Stage.shared
        let list = Array(repeating: UInt8(1), count: 3 << 20)
        #expect(try stage.client(.none).post("/report/exports", FilterFile.orders, list: list).status == 401)
        #expect(
            try stage.client(.bearer(stage["VIEW_TOKEN"])).post("/report/exports", FilterFile.orders, list: list).status
                == 403)
        let multipart = try stage.client.send(
            "POST", "/report/exports", [("Content-Type", "multipart/form-data")], body: list)
        #expect(multipart.status == 413 || multipart.status == 415, "\(multipart.status)")
    }

    @Test(.overFolder) func `a body beyond the limit is 413, by Penstock and by nginx`() throws {
        let stage = try Self.small.get()
        for bytes in [3 << 20, 34 << 20] {
            let reply = try stage.client.post(
                "/report/exports", FilterFile.orders, list: Array(repeating: UInt8(ascii: "1"), count: bytes))
            #expect(reply.status == 413 && reply.text == #"{"success":false,"message":"payload_too_large"}"#)
        }
        let preview = try stage.client.post("/report/exports/preview", FilterFile.orders, list: Array("a\nb".utf8))
        #expect(preview.status == 200)
        // JSON has the old limit on the same path.
        let json = try stage.client.send(
            "POST", "/report/exports", [("Content-Type", "application/json")],
            body: Array(repeating: UInt8(ascii: " "), count: 3 << 20))
        #expect(json.status == 413)
        #expect(try FilterFile.keyFiles(stage).isEmpty)
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
        _ = try stage.client.post("/report/exports/preview", FilterFile.orders, list: [0x61])
        let before = try peak()
        let line = Array((String(repeating: "k", count: 999) + "\n").utf8)
        let list = (0..<31_000).flatMap { _ in line }
        let reply = try stage.client.post("/report/exports/preview", FilterFile.orders, list: list)
        #expect(reply.status == 200, "\(reply.text)")
        let after = try peak()
        #expect(after - before < 4096, "\(before) kB, then \(after) kB")
    }

    @Test(.overFolder) func `a standby, and a role that may make no temporary table, fail with the reason`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let list = Array("a".utf8)
        try stage.psql("revoke temporary on database demo from penstock_reader", on: .sourceOwner)
        let preview = try stage.client.post("/report/exports/preview", FilterFile.orders, list: list)
        #expect(preview.status == 409 && preview.text.contains("filter_refused"), "\(preview.text)")
        let id = try stage.client.create(FilterFile.orders, list: list)["id"]?.string ?? ""
        #expect(eventually(within: 20) { (try? stage.client.job(id)["status"]) == "failed" })
        #expect(try stage.value("select error_code from report_export_jobs where id = '\(id)'") == "filter_refused")
        #expect(eventually(within: 20) { access(FilterFile.keyFile(stage, of: id), F_OK) != 0 })

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
