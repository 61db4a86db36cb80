import Glibc
import JSON
import Posix
import Support
import Testing

/// What nginx answers by itself at Penstock's addresses: in JSON, and of a file without the file's headers.
@Suite(.waits) struct NginxAnswersTests {
    static func expectJSON(
        _ reply: Reply, _ status: Int, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(reply.status == status, "\(reply.text.prefix(300))", sourceLocation: sourceLocation)
        #expect(reply.text == #"{"success":false,"message":"\#(message)"}"#, sourceLocation: sourceLocation)
        // nginx keeps the charset of a file that it does not send.
        let types = reply.all("Content-Type")
        #expect(
            types.count == 1 && types[0].split(separator: ";").first == "application/json", "\(types)",
            sourceLocation: sourceLocation)
        #expect(reply.all("X-Request-Id").count == 1, sourceLocation: sourceLocation)
    }

    /// A request as it is; nginx may answer before it has read the whole of it.
    private static func get(_ stage: Stage, _ target: String, _ headers: [(String, String)] = []) throws -> Reply {
        try stage.client.begin("GET", target, headers).reply()
    }

    private static func letters(_ count: Int) -> String { String(repeating: "a", count: count) }

    @Test func `long cookies, tokens and many headers pass up to the size of nginx's buffers`() throws {
        let stage = try Stage.shared
        let path = "/report/exports?limit=1"
        for bytes in [6_000, 9_000, 30_000] {
            #expect(try Self.get(stage, path, [("Cookie", "s=\(Self.letters(bytes))")]).status == 200, "\(bytes)")
        }
        // Far more than nginx passes on to FastCGI: cookies are not among it.
        let cookies = (0..<3).map { _ in ("Cookie", "s=\(Self.letters(30_000))") }
        #expect(try Self.get(stage, path, cookies).status == 200)
        let small = (0..<150).map { ("X-\($0)", "1") }
        #expect(try Self.get(stage, path, small).status == 200)

        let tenants = [stage.tenant] + (0..<330).map { "group-of-the-directory-\($0)" }
        let words = tenants.flatMap { ["--tenant", $0] } + ["--permission", "view:reports"]
        let token = try stage.penstock(["token", "--subject", "many-groups"] + words).text.split(separator: "\n")[0]
        #expect((12_000...16_384).contains(token.utf8.count))
        let client = stage.client(.bearer(String(token)))
        #expect(try client.get("\(path)&tenant_id=\(stage.tenant)").status == 200)
        let long = try stage.penstock(
            ["token", "--subject", "more"] + words + tenants.prefix(200).flatMap { ["--tenant", "x\($0)"] })
        let tooLong = String(long.text.split(separator: "\n")[0])
        #expect((16_385...30_000).contains(tooLong.utf8.count))
        let refused = stage.client(.bearer(tooLong))
        #expect(try refused.begin("GET", path).reply().status == 401)
    }

    @Test func `beyond that nginx answers 431 and 414 in JSON, and elsewhere its own page`() throws {
        let stage = try Stage.shared
        for path in ["/report/exports", "/b/api/v1/reports/", "/api/v1/exports", "/api/v1/report-reexports?x=1"] {
            let reply = try Self.get(stage, path, [("Cookie", "s=\(Self.letters(40_000))")])
            Self.expectJSON(reply, 431, "request_header_fields_too_large")
            let long = try Self.get(stage, "\(path)\(path.contains("?") ? "&" : "?")y=\(Self.letters(40_000))")
            Self.expectJSON(long, 414, "uri_too_long")
        }
        let many = (0..<5_000).map { ("X-\($0)", "some more letters for the header") }
        Self.expectJSON(try Self.get(stage, "/report", many), 431, "request_header_fields_too_large")
        let other = try Self.get(stage, "/shop", [("Cookie", "s=\(Self.letters(40_000))")])
        #expect(other.status == 400 && other.text.contains("Request Header Or Cookie Too Large"))
        Self.expectJSON(try Self.get(stage, "/report/exports/%00"), 400, "invalid_request")
        let otherLong = try Self.get(stage, "/shop?reports=\(Self.letters(40_000))")
        #expect(otherLong.status == 414 && otherLong.text.contains("<html>"))
    }

    private static let host = "Host: localhost\r\n"
    /// Requests that nginx refuses before it has chosen a location, by their first line and the lines after it.
    private static let unreadable: [(line: String, rest: String)] = [
        ("POST %@ HTTP/1.1", "\(host)Content-Length: 1\r\nContent-Length: 1\r\n\r\na"),
        ("POST %@ HTTP/1.1", "\(host)Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("POST %@ HTTP/1.1", "\(host)Content-Length: one\r\n\r\na"),
        ("GET %@ HTTP/1.1", "\r\n"), ("GET %@ HTTP/1.1", "Host: a/b\r\n\r\n"),
        ("GET %@ HTTP/1.1", "Host: a\r\nHost: a\r\n\r\n"),
        ("GET %@ HTTP/1.1", "\(host)A\0B: c\r\n\r\n"),
        ("GET %@%00 HTTP/1.1", "\(host)\r\n"), ("GET %@%zz HTTP/1.1", "\(host)\r\n"),
        ("GET %@/../../../../../../x HTTP/1.1", "\(host)\r\n"), ("GET %@ HTTP/x", "\(host)\r\n"),
        ("get all %@ HTTP/1.1", "\(host)\r\n"),
    ]
    private static let ours = ["/report/exports", "/b/api/v1/reports/x", "/api/v1/exports", "/api/v1/report-reexports"]

    private static func refused(_ client: Client, _ path: String, _ at: Int) throws -> Reply {
        let (line, rest) = unreadable[at]
        let reply = try client.raw(Array("\(line.replacing("%@", with: path))\r\n\(rest)".utf8))
        return try #require(reply, "\(line)")
    }

    private static func badChunk(_ client: Client, _ path: String) throws -> Reply {
        let head = "POST \(path) HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n"
        return try #require(try client.raw(Array("\(head)zz\r\nabc".utf8)))
    }

    @Test func `a request that nginx cannot read is answered in JSON at Penstock's paths, elsewhere by nginx's page`()
        throws
    {
        let client = try Stage.shared.client(.none)
        for path in Self.ours {
            for at in Self.unreadable.indices {
                Self.expectJSON(try Self.refused(client, path, at), 400, "invalid_request")
            }
            Self.expectJSON(try Self.badChunk(client, path), 400, "invalid_request")
        }
        for at in Self.unreadable.indices {
            let reply = try Self.refused(client, "/shop", at)
            #expect(reply.status == 400 && reply.text.contains("<html>"), "\(Self.unreadable[at])")
        }
    }

    /// The snippet alone, without the line that the demo's server block has more.
    @Test func `the snippet alone leaves the 400 of others as it is, and answers what it can in JSON`() throws {
        let stage = try Stage.shared
        let own = try OwnNginx(http: "include \(stage.state)/nginx/penstock-http.conf;") { port in
            """
            include \(stage.state)/nginx/penstock.conf;
            location /shop { proxy_intercept_errors on; proxy_pass http://127.0.0.1:\(port)/application; }
            location /application { return 400 "the application's own words"; }
            """
        }
        let client = Client(port: own.port)
        #expect(try client.begin("GET", "/shop").reply().text == "the application's own words")
        for path in Self.ours { Self.expectJSON(try Self.badChunk(client, path), 400, "invalid_request") }
        // Before a location is chosen.
        let reply = try Self.refused(client, "/report/exports", 0)
        #expect(reply.status == 400 && reply.text.contains("<html>"))
        let cookie = try client.begin("GET", "/report/exports", [("Cookie", "s=\(Self.letters(40_000))")]).reply()
        Self.expectJSON(cookie, 431, "request_header_fields_too_large")
    }

    @Test func `a precondition that fails and a range behind the end are JSON without the file's headers`() throws {
        let stage = try Stage.shared
        let (job, file) = try stage.client.export(JobLifeTests.small)
        let link = try stage.client.link(job["id"]?.string ?? "")
        let anonymous = stage.client(.none)
        let whole = try anonymous.get(link)
        #expect(whole.body == file && whole["Content-Disposition"] != nil && whole["Repr-Digest"] != nil)

        func check(_ headers: [(String, String)], _ status: Int, _ message: String, _ kind: String) throws {
            let reply = try anonymous.get(link, headers)
            Self.expectJSON(reply, status, message)
            for name in ["Content-Disposition", "Repr-Digest"] { #expect(reply[name] == nil, "\(name), \(headers)") }
            for name in ["Cache-Control", "X-Content-Type-Options", "Content-Security-Policy"] {
                #expect(reply.all(name).count == 1, "\(name), \(headers)")
            }
            #expect(reply["Content-Range"] == (status == 416 ? "bytes */\(file.count)" : nil))
            let head = try anonymous.head(link, headers)
            #expect(head.status == status && head["Repr-Digest"] == nil && head["Content-Disposition"] == nil)
            for id in [reply["X-Request-Id"], head["X-Request-Id"]] {
                let transfer = try TransferTests.transfer(stage, id)
                #expect(transfer["kind"] == .string(kind) && transfer["status"] == .int(status), "\(transfer)")
            }
        }
        try check([("If-Match", "\"another\"")], 412, "precondition_failed", "precondition_failed")
        try check(
            [("If-Unmodified-Since", "Thu, 01 Jan 2015 00:00:00 GMT")], 412, "precondition_failed",
            "precondition_failed")
        for range in ["\(file.count)-", "\(file.count + 5)-\(file.count + 9)", "-0", "x", "9-5"] {
            try check([("Range", "bytes=\(range)")], 416, "range_not_satisfiable", "range_refused")
        }
        // A condition that holds changes nothing.
        let tag = whole["ETag"] ?? ""
        #expect(try anonymous.get(link, [("If-Match", tag)]).body == file)
    }

    @Test func `several ranges never bring more than the file`() throws {
        let stage = try Stage.shared
        let (job, file) = try stage.client.export(JobLifeTests.small)
        let link = try stage.client.link(job["id"]?.string ?? "")
        for range in ["0-0,2-2", "0-,0-", "0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7", "-1,-1", "0-5,3-9"] {
            let reply = try stage.client(.none).get(link, [("Range", "bytes=\(range)")])
            #expect(reply.status == 200 && reply.body == file, "\(range)")
        }
        #expect(try stage.client(.none).get(link, [("Range", "bytes=1-3")]).body == Array(file[1...3]))
    }

    @Test func `nobody gets to the inner locations from outside`() throws {
        let stage = try Stage.shared
        for path in ["-/announced", "-/first/x", "-/412/x", "-/416/x", "-/416/_penstock_files/x", "x"] {
            #expect(try Self.get(stage, "/_penstock_files/\(path)").status == 404, "\(path)")
        }
    }

    @Test func `behind a prefix links, redirects and the page keep it`() throws {
        let stage = try Stage(["PENSTOCK_PUBLIC_URL": "http://127.0.0.1:1/tools/"])
        defer { stage.stop() }
        let prefix = try OwnNginx { _ in "location /tools/ { proxy_pass http://127.0.0.1:\(stage.port)/; }" }
        let client = Client(port: prefix.port, credential: stage.client.credential)
        let moved = try client.begin("GET", "/tools/penstock").reply()
        #expect(moved.status == 301 && moved["Location"] == "penstock/")
        #expect(try client.begin("GET", "/tools/penstock/").reply().text.contains("<html"))
        let created = try client.begin(
            "POST", "/tools/report/exports", [("Content-Type", "application/json")],
            body: JobLifeTests.small.serialized
        ).reply()
        #expect(
            created.status == 202 && created["Location"]?.hasPrefix("http://127.0.0.1:1/tools/report/exports/") == true)
        let id = try created.json["data"]?["id"]?.string ?? ""
        _ = try stage.client.job(id, reaching: "ready")
        let url = try stage.client.get("/report/exports/\(id)/download").json["data"]?["downloadUrl"]?.string ?? ""
        #expect(url.hasPrefix("http://127.0.0.1:1/tools/report/files/"))
        let file = try Client(port: prefix.port).begin("GET", String(url.dropFirst("http://127.0.0.1:1".count))).reply()
        #expect(file.status == 200 && !file.body.isEmpty)
        // The configuration of the inner one has nothing that would take the prefix away.
        let check = try stage.penstock("check")
        #expect(check.status == 0 && check.text.contains("PENSTOCK_PUBLIC_URL has the path /tools"), "\(check.text)")
    }
}
