import Glibc
import JSON
import Posix
import Support
import Testing

/// nginx/penstock-identity.conf with the lines in its comment taken over, as it says: an auth_request decides by a
/// session's cookie.
@Suite(.waits) struct SingleSignOnTests {
    /// A stage whose nginx asks a location of its own.
    private static func stage() throws -> Stage {
        let stage = try Stage(["PENSTOCK_TRUST_GATEWAY": "true", "DEMO_ROWS": "2000"])
        let path = "\(stage.state)/nginx/penstock-identity.conf"
        let lines = String(decoding: try File.bytes(at: path), as: UTF8.self).split(separator: "\n")
        // What stands further in than the sentences is configuration.
        let taken = lines.filter { $0.hasPrefix("#     ") }.map { $0.dropFirst(6) }
        let begin = try #require(taken.firstIndex { $0.hasPrefix("location = /_auth") })
        let params = taken[..<begin].joined(separator: "\n")
        try #require(params.contains("auth_request /_auth;") && params.contains("PENSTOCK_SUPERUSER"))
        let location = taken[begin...].joined(separator: "\n")
            .replacing("127.0.0.1:9000", with: "127.0.0.1:\(stage.port)")
        let whoami = """
            location = /whoami {
                if ($cookie_session != "of-ada") { return 401; }
                add_header X-Auth-User ada;
                add_header X-Auth-Tenant \(stage.tenant);
                add_header X-Auth-Permissions "view:reports export:reports";
                return 200;
            }

            """
        _ = try Shell.output(["tee", path], input: Array("\(params)\n".utf8))
        let main = "\(stage.state)/nginx/nginx.conf"
        let text = String(decoding: try File.bytes(at: main), as: UTF8.self)
        let mark = "        location = / {"
        try #require(text.contains(mark))
        let changed = text.replacing(mark, with: "\(location)\n\(whoami)\(mark)")
        _ = try Shell.output(["tee", main], input: Array(changed.utf8))
        let pid = String(decoding: try File.bytes(at: "\(stage.state)/nginx/nginx.pid"), as: UTF8.self)
        let master = try #require(pid_t(pid.prefix { $0.isNumber }))
        let before = Set(stage.children(named: "nginx", of: master))
        kill(master, SIGHUP)
        let changedOver = eventually(within: 20) {
            let now = stage.children(named: "nginx", of: master)
            return !now.isEmpty && before.isDisjoint(with: now)
        }
        guard changedOver else { throw Unmet("nginx has not taken the configuration over") }
        return stage
    }

    @Test func `a signed link needs no session, and so it is with a key; all else does`() throws {
        let stage = try Self.stage()
        defer { stage.stop() }
        let none = stage.client(.none)
        let session = [("Cookie", "session=of-ada")]
        let denied = try none.get("/report/exports")
        #expect(denied.status == 401 && denied.text == #"{"success":false,"message":"unauthorized"}"#)
        #expect(try none.get("/report/exports", [("Cookie", "session=of-eve")]).status == 401)
        let id = try none.create(JobLifeTests.small, session)["id"]?.string ?? ""
        #expect(try stage.value("select requested_by from report_export_jobs where id = '\(id)'") == "ada")

        let keyed = stage.client(.apiKey(stage["API_KEY"]))
        _ = try keyed.job(id, reaching: "ready")
        let link = try keyed.link(id)
        let file = try none.get(link)
        #expect(file.status == 200 && file["Content-Disposition"] != nil && file["Repr-Digest"] != nil)
        #expect(try none.get(link, session).body == file.body)
        let broken = try none.get("\(link)x")
        #expect(broken.status == 403 && broken.text == #"{"success":false,"message":"invalid_signature"}"#)
        #expect(try none.get("/report/exports/\(id)/download").status == 401)
        #expect(try stage.client(.apiKey("psk_unknown_key")).get("/report/exports").status == 401)
        // The page asks nobody who has a session to sign in.
        try PageTests.play(["gateway"], on: stage)
    }
}
