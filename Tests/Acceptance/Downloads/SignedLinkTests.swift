import Glibc
import JSON
import Posix
import Support
import Testing

/// What a signed link gives, and what a changed one does not.
@Suite(.waits) struct SignedLinkTests {
    /// A finished export with its link, cut into parts.
    private struct Link {
        let id: String
        let job: JSON
        let file: [UInt8]
        let path: String
        let expires: String
        let kid: String
        let signature: String

        init(_ stage: Stage) throws {
            (job, file) = try stage.client.export(JobLifeTests.small)
            id = job["id"]?.string ?? ""
            let target = try stage.client.link(id)
            let halves = target.split(separator: "?").map(String.init)
            path = halves[0]
            let pairs = halves[1].split(separator: "&").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            guard pairs.map({ $0[0] }) == ["expires", "kid", "sig"] else { throw Unmet("link \(target)") }
            (expires, kid, signature) = (pairs[0][1], pairs[1][1], pairs[2][1])
        }

        func target(path: String? = nil, expires: String? = nil, kid: String? = nil, signature: String? = nil) -> String
        {
            "\(path ?? self.path)?expires=\(expires ?? self.expires)&kid=\(kid ?? self.kid)&sig=\(signature ?? self.signature)"
        }
    }

    @Test func `a link with anything changed is refused with one body and no file`() throws {
        let stage = try Stage.shared
        let link = try Link(stage)
        let other = try Link(stage)
        let foreign = try stage.client(.bearer(stage["OTHER_TOKEN"])).export(JobLifeTests.small).job["id"]?.string ?? ""
        let name = String(link.path.split(separator: "/").last ?? "")
        let later = (Int(link.expires) ?? 0) + 1
        var targets: [String] = []
        // I51: the signature.
        let signature = link.signature
        targets += [
            signature.uppercased(), signature + "=", "", String(signature.dropLast()), signature + "A", "%00",
            String(signature.reversed()), other.signature, signature + "&sig=" + signature,
        ].map { link.target(signature: $0) }
        for position in [0, 1, signature.count / 2, signature.count - 1] {
            var characters = Array(signature)
            characters[position] = characters[position] == "A" ? "B" : "A"
            targets.append(link.target(signature: String(characters)))
        }
        // I52: the time.
        targets += [
            "\(later)", "\(later - 2)", "1", "0", "-1", "1e9", "%20\(link.expires)", "%2B\(link.expires)", "%D9%A3",
            "18446744073709551616", "", "0\(link.expires)", "\(link.expires).0", "99999999999",
        ].map { link.target(expires: $0) }
        // I53: the key, the job, the name, more parameters.
        targets += ["unknown", "", "DEMO", "demo%00", "../demo"].map { link.target(kid: $0) }
        targets += [
            link.target(path: "/report/files/\(other.id)/\(name)"),
            link.target(path: "/report/files/\(foreign)/\(name)"),
            link.target(path: "/report/files/\(link.id.uppercased())/\(name)x"),
            link.target(path: "/report/files/01900000-0000-7000-8000-000000000001/\(name)"),
            link.target(path: "/report/files/abc/\(name)"), link.target(path: link.path + "x"),
            link.target(path: link.path.replacingOccurrence(of: "warehouses", with: "warehou%CC%81ses")),
            link.target(path: "/report/files/\(link.id)/%2e%2e%2f\(name)"),
            link.target() + "&x=1", link.target() + "&expires=\(link.expires)",
            link.target() + "&tenant_id=\(stage.tenant)",
            link.path, link.path + "?", "\(link.path)?sig=\(signature)",
            "\(link.path)?expires=\(link.expires)&kid=\(link.kid)",
        ]
        for target in targets {
            let reply = try stage.client(.none).get(target)
            // A path with an encoded slash is another path.
            if reply.status == 404, target.contains("%2f") { continue }
            #expect(reply.status == 403, "\(target)")
            #expect(reply.text == #"{"success":false,"message":"invalid_signature"}"#, "\(target)")
        }
        #expect(try stage.client(.none).get(link.target()).body == link.file)
        // I54: a link is as good with another tenant's credential as without any; it is bound to its own tenant's job.
        #expect(try stage.client(.bearer(stage["OTHER_TOKEN"])).get(link.target()).status == 200)
    }

    @Test func `a link is over after its time`() throws {
        let stage = try Stage(["PENSTOCK_LINK_SECONDS": "3"])
        defer { stage.stop() }
        let link = try Link(stage)
        let over = try eventually(within: 10) { try stage.client(.none).get(link.target()).status == 403 }
        #expect(over)
        #expect(try stage.client(.none).get(link.target()).text == #"{"success":false,"message":"link_expired"}"#)
        #expect(try AuditTests.entries(stage, job: link.id).first?["outcome"] == "link_expired")
        // Only the very link says so: one that was never signed tells nothing, over or not.
        let forged = link.target().replacing("sig=", with: "sig=x")
        for target in [forged, link.target(expires: "1"), link.target(kid: "other")] {
            #expect(
                try stage.client(.none).get(target).text == #"{"success":false,"message":"invalid_signature"}"#,
                "\(target)")
        }
    }

    @Test func `a file is named, typed, dated and not to be kept or sniffed`() throws {
        let stage = try Stage.shared
        let link = try Link(stage)
        let reply = try stage.client(.none).get(link.target())
        let name = link.job["fileName"]?.string ?? ""
        #expect(reply["Content-Disposition"] == "attachment; filename=\"\(name)\"; filename*=UTF-8''\(name)")
        #expect(reply["Content-Type"] == "text/csv; charset=utf-8")
        #expect(reply["Accept-Ranges"] == "bytes")
        #expect(reply["X-Content-Type-Options"] == "nosniff")
        #expect(reply["Cache-Control"] == "private, no-store")
        #expect(reply["Content-Security-Policy"]?.contains("default-src 'none'") == true)
        #expect(reply["Referrer-Policy"] == "no-referrer")
        #expect(reply["Cross-Origin-Resource-Policy"] == "same-origin")
        #expect(reply["X-Accel-Redirect"] == nil)
        let tag = try #require(reply["ETag"])
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))

        let head = try stage.client(.none).head(link.target())
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(head["Content-Length"] == String(link.file.count))
        #expect(head["ETag"] == tag)
        let unchanged = try stage.client(.none).get(link.target(), [("If-None-Match", tag)])
        #expect(unchanged.status == 304)
    }

    @Test func `parts of a file are served, and the whole where a part makes no sense`() throws {
        let stage = try Stage.shared
        let link = try Link(stage)
        let size = link.file.count
        func get(_ range: String, _ more: [(String, String)] = []) throws -> Reply {
            try stage.client(.none).get(link.target(), [("Range", range)] + more)
        }
        let first = try get("bytes=0-9")
        #expect(first.status == 206 && first.body == Array(link.file[..<10]))
        #expect(first["Content-Range"] == "bytes 0-9/\(size)")
        let last = try get("bytes=-7")
        #expect(last.status == 206 && last.body == Array(link.file[(size - 7)...]))
        let tail = try get("bytes=\(size - 1)-")
        #expect(tail.status == 206 && tail.body == [0x0A])
        for range in ["bytes=\(size)-", "bytes=\(size + 10)-\(size + 20)", "bytes=-0"] {
            let reply = try get(range)
            #expect(reply.status == 416, "\(range)")
            #expect(reply["Content-Range"] == "bytes */\(size)")
        }
        #expect(try get("bytes=0-0,0-0").status == 200)
        let many = "bytes=" + (0..<500).map { "\($0)-\($0)" }.joined(separator: ",")
        let whole = try get(many)
        #expect(whole.status == 200 && whole.body == link.file)
        let tag = try #require(first["ETag"])
        #expect(try get("bytes=0-9", [("If-Range", tag)]).status == 206)
        let stale = try get("bytes=0-9", [("If-Range", "\"another\"")])
        #expect(stale.status == 200 && stale.body == link.file)
        #expect(try get("lines=1-2").status == 200)
    }

    @Test func `links outlive a change of keys and die with their key`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let old = try Link(stage)
        #expect(old.kid == "demo")
        let path = "\(stage.state)/keys/signing-keys"
        let before = String(decoding: try File.bytes(at: path), as: UTF8.self)
        let line = try stage.penstock("keys", "signing", "next")
        #expect(line.status == 0)
        func write(_ text: String) throws { _ = try Shell.output(["tee", path], input: Array(text.utf8)) }

        try write(line.text + before)
        kill(stage.pid, SIGHUP)
        #expect(try eventually(within: 15) { try Link(stage).kid == "next" })
        // Every responder has read the keys by then or soon will: none may ever refuse a link that is good.
        let new = try Link(stage)
        for _ in 0..<40 {
            #expect(try stage.client(.none).get(old.target()).status == 200)
        }
        #expect(try eventually(within: 15) { try stage.client(.none).get(new.target()).status == 200 })
        #expect(try stage.client(.none).get(new.target(kid: "demo")).status == 403)

        try write(line.text)
        kill(stage.pid, SIGHUP)
        #expect(try eventually(within: 15) { try stage.client(.none).get(old.target()).status == 403 })
        #expect(try stage.client(.none).get(new.target()).status == 200)
    }
}
