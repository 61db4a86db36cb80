import JSON
import Support
import Testing

/// Apache, lighttpd and Caddy in nginx's place, by the configurations of docs/web-servers.md.
@Suite(.overFolder) struct WebServersTests {
    private static let sendfile = Result {
        try Stage(["PENSTOCK_SEND_FILE": "x-sendfile", "PENSTOCK_AUDIT_SOCKET": "none"])
    }

    private static func stage(for kind: OtherWebServer.Kind) throws -> Stage {
        kind == .caddy ? try Stage.shared : try sendfile.get()
    }

    @Test(arguments: OtherWebServer.Kind.allCases.filter(\.isThere))
    func `an export is asked for, watched and downloaded through another web server`(_ kind: OtherWebServer.Kind) throws
    {
        let stage = try Self.stage(for: kind)
        let server = try OtherWebServer(kind, before: stage)
        defer { server.stop() }
        let client = Client(port: server.port, credential: .bearer(stage["TOKEN"]))
        // The stream tells of the export that is made after it was opened.
        let stream = try client.begin("GET", "/report/exports/events", [("Accept", "text/event-stream")])
        var told = try stream.read()
        while told.firstRange(of: Array("\nid: ".utf8)) == nil { told += try stream.read() }
        let (job, file) = try client.export(JobLifeTests.small)
        let id = job["id"]?.string ?? ""
        #expect(try file == Stage.shared.client.export(JobLifeTests.small).file && !file.isEmpty)
        while told.firstRange(of: Array(id.utf8)) == nil {
            let more = try stream.read()
            try #require(!more.isEmpty, "\(String(decoding: told, as: UTF8.self)) \(server.log)")
            told += more
        }

        let anonymous = Client(port: server.port)
        let link = try client.link(id)
        let whole = try anonymous.get(link)
        #expect(whole.status == 200 && whole.body == file)
        #expect(whole["Content-Type"]?.hasPrefix("text/csv") == true)
        #expect(whole["Content-Disposition"]?.hasPrefix("attachment; filename=") == true)
        #expect(whole["X-Content-Type-Options"] == "nosniff" && whole["Repr-Digest"]?.hasPrefix("sha-256=:") == true)
        #expect(whole["X-Sendfile"] == nil && whole["X-Accel-Redirect"] == nil)
        let part = try anonymous.get(link, [("Range", "bytes=5-20")])
        #expect(part.status == 206 && part.body == Array(file[5...20]))
        #expect(part["Content-Range"] == "bytes 5-20/\(file.count)")
        let head = try anonymous.head(link)
        #expect(head.status == 200 && head["Content-Length"] == "\(file.count)")
        let tag = try #require(whole["ETag"])
        #expect(try anonymous.get(link, [("If-None-Match", tag)]).status == 304)
        #expect(try anonymous.get(link, [("Range", "bytes=5-20"), ("If-Range", tag)]).status == 206)
        let other = try anonymous.get(link, [("Range", "bytes=5-20"), ("If-Range", "\"another\"")])
        #expect(other.status == 200 && other.body == file)
    }

    @Test(arguments: OtherWebServer.Kind.allCases.filter(\.isThere))
    func `nobody gets in by another web server who would not by nginx`(_ kind: OtherWebServer.Kind) throws {
        let stage = try Self.stage(for: kind)
        let server = try OtherWebServer(kind, before: stage)
        defer { server.stop() }
        let client = Client(port: server.port, credential: .bearer(stage["TOKEN"]))
        let id = try client.export(JobLifeTests.small).job["id"]?.string ?? ""
        let link = try client.link(id)
        let anonymous = Client(port: server.port)
        let forged = try anonymous.get(link + "A")
        #expect(forged.status == 403 && forged.text.contains("invalid_signature"))
        let claimed = [
            ("PENSTOCK_USER", "root"), ("Penstock-User", "root"), ("PENSTOCK_SUPERUSER", "true"),
            ("X-Sendfile", "/etc/passwd"), ("X-Accel-Redirect", "/_penstock_files/x"), ("Proxy", "http://127.0.0.1:1"),
        ]
        #expect(try anonymous.get("/report/exports", claimed).status == 401)
        for path in ["/_penstock_files/", "/storage/files/", "/files/", "/report/exports/../../files/"] {
            #expect(
                try !(200..<300).contains(anonymous.get(path).status) || anonymous.get(path).body.isEmpty, "\(path)")
        }
        let page = try anonymous.get("/penstock/index.html")
        #expect(page.status == 200 && page["Content-Security-Policy"]?.contains("script-src 'self'") == true)
        // Apache and lighttpd pass a body in chunks on; Caddy does not know its length.
        let body = String(decoding: JobLifeTests.small.serialized, as: UTF8.self)
        let text = """
            POST /report/exports/preview HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nConnection: close\r\n\
            Authorization: Bearer \(stage["TOKEN"])\r\nContent-Type: application/json\r\n\
            Transfer-Encoding: chunked\r\n\r\n\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n
            """
        let chunked = try #require(try client.raw(Array(text.utf8)))
        #expect(chunked.status == (kind == .caddy ? 411 : 200), "\(chunked.text)")
    }
}
