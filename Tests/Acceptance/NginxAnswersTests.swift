import Glibc
import JSON
import Posix
import Support
import Testing

/// What nginx answers by itself at Penstock's addresses: in JSON, and of a file without the file's headers.
@Suite struct NginxAnswersTests {
    private static func expectJSON(
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
        let stage = try Stage(["PENSTOCK_PUBLIC_URL": "http://127.0.0.1:1/tools/", "DEMO_ROWS": "20000"])
        defer { stage.stop() }
        let prefix = try OuterNginx(path: "/tools/", to: stage.port)
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

    /// An nginx in front that takes a prefix away.
    private final class OuterNginx {
        let port: UInt16
        private let launched: Launched

        init(path: String, to inner: UInt16) throws {
            let folder = "\(TestRun.folder)/outer-\(UInt32.random(in: 0 ... .max))"
            try File.makeFolders("\(folder)/temp")
            var started: (UInt16, Launched)?
            for _ in 0..<20 where started == nil {
                let port = UInt16.random(in: 20_000..<32_000)
                let text = """
                    \(getuid() == 0 ? "user root;" : "")
                    daemon off; pid \(folder)/pid; error_log \(folder)/error.log;
                    events {}
                    http {
                        access_log off;
                        client_body_temp_path \(folder)/temp; proxy_temp_path \(folder)/temp; fastcgi_temp_path \(folder)/temp;
                        uwsgi_temp_path \(folder)/temp; scgi_temp_path \(folder)/temp;
                        server { listen 127.0.0.1:\(port); location \(path) { proxy_pass http://127.0.0.1:\(inner)/; } }
                    }
                    """
                _ = try Shell.output(["tee", "\(folder)/nginx.conf"], input: Array(text.utf8))
                let null = try FileDescriptor.open("/dev/null", O_RDWR)
                let program = ProgramRun.find("nginx") ?? "nginx"
                let launched = try Launched(
                    [
                        "setpriv", "--pdeathsig", "TERM", "--", program, "-c", "\(folder)/nginx.conf", "-e",
                        "\(folder)/error.log",
                    ],
                    environment: plainEnvironment(), descriptors: (null.raw, null.raw, null.raw))
                // It writes its pid after it has bound the port.
                let up = eventually { access("\(folder)/pid", R_OK) == 0 || launched.ended() != nil }
                if up, launched.ended() == nil { started = (port, launched) }
            }
            guard let started else { throw Unmet("no nginx in front") }
            (port, launched) = started
        }

        deinit {
            kill(launched.pid, SIGTERM)
            _ = launched.wait(within: 10)
        }
    }
}
