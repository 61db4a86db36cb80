import Glibc
import JSON
import Support
import Testing

/// HTTP around the calls: methods, negotiation, hosts, what nginx answers itself.
@Suite(.waits) struct ProtocolTests {
    @Test(arguments: [
        ("/report/catalogs/delivery", "GET, HEAD, OPTIONS"), ("/report/exports", "GET, HEAD, POST, OPTIONS"),
        ("/report/exports/preview", "POST, OPTIONS"),
        ("/report/exports/01900000-0000-7000-8000-000000000001", "GET, HEAD, DELETE, OPTIONS"),
        ("/report/exports/01900000-0000-7000-8000-000000000001/download", "GET, HEAD, OPTIONS"),
        ("/report/exports/01900000-0000-7000-8000-000000000001/cancel", "POST, OPTIONS"),
    ])
    func `OPTIONS and a wrong method tell the methods`(_ path: String, _ allowed: String) throws {
        let client = try Stage.shared.client(.none)
        let options = try client.send("OPTIONS", path)
        #expect(options.status == 204 && options.body.isEmpty)
        #expect(options["Allow"] == allowed)
        let wrong = try client.send("PUT", path)
        #expect(wrong.status == 405)
        #expect(wrong["Allow"] == allowed)
        #expect(wrong.text == #"{"success":false,"message":"method_not_allowed"}"#)
    }

    @Test func `HEAD answers as GET does, without the body`() throws {
        let stage = try Stage.shared
        let (job, _) = try stage.client.export(JobLifeTests.small)
        let id = job["id"]?.string ?? ""
        for path in [
            "/report/catalogs/delivery", "/report/exports/\(id)", "/report/exports?module=nowhere", "/report/nothing",
            "/report/exports/abc",
        ] {
            let get = try stage.client.get(path)
            let head = try stage.client.head(path)
            #expect(head.status == get.status && head.body.isEmpty, "\(path)")
            #expect(
                head["Content-Type"] == get["Content-Type"] && head["Content-Length"] == get["Content-Length"],
                "\(path)")
        }
    }

    @Test func `a client that asks for problem details gets them`() throws {
        let stage = try Stage.shared
        let reply = try stage.client.post(
            "/report/exports", Refusal.Case.goodRequest.setting("format", to: "pdf"),
            [("Accept", "application/problem+json")])
        #expect(reply.status == 400)
        #expect(reply["Content-Type"] == "application/problem+json")
        let problem = try reply.json
        #expect(problem["status"] == 400 && problem["type"] != nil && problem["title"]?.string?.isEmpty == false)
        #expect(problem["errors"]?.array?.count == 1)
        let missing = try stage.client.get(
            "/report/exports/abc", [("Accept", "application/problem+json, application/json;q=0.5")])
        #expect(missing["Content-Type"] == "application/problem+json" && missing.status == 404)
        let plain = try stage.client.get(
            "/report/exports/abc", [("Accept", "application/json, application/problem+json;q=0.1")])
        #expect(plain["Content-Type"] == "application/json")
    }

    @Test func `links are made from the configured address, whatever Host says`() throws {
        let stage = try Stage.shared
        let (job, _) = try stage.client.export(JobLifeTests.small)
        let id = job["id"]?.string ?? ""
        for headers in [
            [("Host", "evil.example")], [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https")],
        ] {
            let url = try stage.client.get("/report/exports/\(id)/download", headers).json["data"]?["downloadUrl"]?
                .string
            #expect(url?.hasPrefix(stage["URL"] + "/report/files/") == true)
            let created = try stage.client.post("/report/exports", JobLifeTests.small, headers)
            #expect(created["Location"]?.hasPrefix(stage["URL"] + "/report/exports/") == true)
        }
        let absolute = try stage.client.get(
            "http://evil.example/report/exports/\(id)/download", [("Host", "other.example")])
        #expect(try absolute.json["data"]?["downloadUrl"]?.string?.hasPrefix(stage["URL"]) == true)
    }

    @Test func `Expect, Upgrade and HTTP 1.0 do no harm`() throws {
        let stage = try Stage.shared
        let waiting = try stage.client.post("/report/exports", JobLifeTests.small, [("Expect", "100-continue")])
        #expect(waiting.status == 202)
        #expect(waiting.interim == ["HTTP/1.1 100 Continue"])
        #expect([200, 417].contains(try stage.client.get("/report/exports?limit=1", [("Expect", "x")]).status))
        let upgrade = try stage.client.get(
            "/report/exports?limit=1", [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c")])
        #expect(upgrade.status == 200)
        let old = try stage.client.raw(
            Array("GET /report/exports?limit=1 HTTP/1.0\r\nAuthorization: Bearer \(stage["TOKEN"])\r\n\r\n".utf8))
        #expect(old?.status == 200)
        let body = JobLifeTests.small.serialized
        let chunked = try stage.client.raw(
            Array(
                ("POST /report/exports HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                    + "Authorization: Bearer \(stage["TOKEN"])\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "\(String(body.count, radix: 16))\r\n").utf8) + body + Array("\r\n0\r\n\r\n".utf8))
        #expect(chunked?.status == 202)
    }

    @Test func `malformed HTTP is refused and runs nothing`() throws {
        let stage = try Stage.shared
        let token = "Authorization: Bearer \(stage["TOKEN"])\r\n"
        for head in [
            "GET /report/exports HTTP/1.1\r\nHost: a\r\nHost: b\r\n\(token)\r\n",
            "GET /report/exports HTTP/1.1\r\nHost: a\r\n\(token)\(token)\r\n",
            "POST /report/exports HTTP/1.1\r\nHost: a\r\n\(token)Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /report/exports HTTP/1.1\r\nHost: a\r\n\(token)Content-Length: +2\r\n\r\n{}",
            "GET /report/exports HTTP/1.1\r\nHost: a\r\n\(token) folded\r\n\r\n",
            "get /report/exports HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /report/exports HTTP/3.0\r\nHost: a\r\n\r\n", "NONSENSE\r\n\r\n",
        ] {
            let reply = try stage.client.raw(Array(head.utf8))
            #expect((400...505).contains(reply?.status ?? 400), "\(head)")
        }
    }

    @Test func `a preview of a report that takes too long is given up`() throws {
        let stage = try Stage(["PENSTOCK_PREVIEW_SECONDS": "1"])
        defer { stage.stop() }
        // The table behind the report takes ten seconds a row from now on.
        try stage.psql(
            """
            alter table warehouses rename to slow_base;
            create function slow(text) returns text language sql volatile as $$ select pg_sleep(10)::text || $1 $$;
            create view warehouses as select id, tenant_id, slow(name) as name, code, status, address, postal_code, city,
                area_m2, opens_at, opened_on, is_bonded, created_at, updated_at from slow_base;
            grant select on warehouses to penstock_reader;
            """, on: .sourceOwner)
        let reply = try stage.client.post("/report/exports/preview", JobLifeTests.small)
        #expect(reply.status == 503)
        #expect(try reply.json["message"] == "preview_timeout")
        #expect(try reply.json["requestId"]?.string == reply["X-Request-Id"])
        #expect(reply["Retry-After"] != nil)
    }

    @Test(.enabled(if: getuid() == 0, "the counters of a process that is not dumpable are for root"))
    func `no byte of a file passes through a responder`() throws {
        let stage = try Stage(["PENSTOCK_RESPONDERS": "3", "DEMO_ROWS": "220000"])
        defer { stage.stop() }
        let (job, file) = try stage.client.export(JobLifeTests.long.setting("compression", to: nil))
        let size = try #require(job["fileSizeBytes"]?.int)
        #expect(size > 20 << 20 && file.count == size)
        /// Bytes read and written by all responders so far, by the kernel's count, sendfile and splice included.
        func traffic() throws -> (read: Int, written: Int) {
            let pids = stage.children(named: "responder")
            #expect(pids.count == 3)
            var total = (read: 0, written: 0)
            for pid in pids {
                let text = String(decoding: try Shell.output(["cat", "/proc/\(pid)/io"]), as: UTF8.self)
                for line in text.split(separator: "\n") {
                    let count = line.split(separator: " ").last.flatMap { Int($0) } ?? 0
                    if line.hasPrefix("rchar") { total.read += count }
                    if line.hasPrefix("wchar") { total.written += count }
                }
            }
            return total
        }
        let before = try traffic()
        for _ in 0..<3 { #expect(try stage.client.file(job["id"]?.string ?? "").body.count == size) }
        let after = try traffic()
        // Three links, three checks of a link, six rows of the audit: some kilobytes, whatever the file's size.
        #expect(after.read - before.read < 256 << 10)
        #expect(after.written - before.written < 256 << 10)
    }
}
