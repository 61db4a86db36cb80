import Glibc
import JSON
import Posix
import Support
import Testing

/// Nothing of a tenant's can be told from nothing at all by another, whoever asks and however.
@Suite(.waits) struct IsolationTests {
    /// What an answer is, without what differs between any two answers.
    private func essence(_ reply: Reply) -> String {
        let headers = reply.headers.filter { !["date", "x-request-id", "server"].contains($0.name.lowercased()) }
        return "\(reply.status) \(headers) \(reply.text)"
    }

    /// A job of the other tenant, ready, and one that is cancelled.
    private func foreignJobs(_ stage: Stage) throws -> [String] {
        let other = stage.client(.bearer(stage["OTHER_TOKEN"]))
        let ready = try other.export(JobLifeTests.small).job["id"]?.string ?? ""
        let cancelled = try other.create(JobLifeTests.long)["id"]?.string ?? ""
        _ = try other.send("POST", "/report/exports/\(cancelled)/cancel")
        return [ready, cancelled]
    }

    private func expectNothingTold(_ stage: Stage, _ what: String, _ send: (String, String) throws -> Reply) throws {
        let missing = "01900000-0000-7000-8000-000000000001"
        for foreign in try foreignJobs(stage) {
            for (method, route) in [
                ("GET", "/report/exports/ID"), ("HEAD", "/report/exports/ID"), ("GET", "/report/exports/ID/download"),
                ("POST", "/report/exports/ID/cancel"), ("DELETE", "/report/exports/ID"),
                ("GET", "/report/exports/events?id=ID&x=1"),
                ("GET", "/report/files/ID/warehouses-2026-01-01.csv?expires=4102444800&kid=demo&sig=AAAA"),
            ] {
                let theirs = try send(method, route.replacingOccurrence(of: "ID", with: foreign))
                let none = try send(method, route.replacingOccurrence(of: "ID", with: missing))
                #expect(essence(theirs) == essence(none), "\(what) \(method) \(route)")
                #expect(theirs.status >= 400, "\(what) \(method) \(route)")
            }
            let list = try send("GET", "/report/exports?limit=100")
            #expect(list.status == 200 && !list.text.contains(foreign), "\(what)")
        }
        for route in ["/report/exports?tenant_id=", "/report/catalogs/delivery?tenant_id="] {
            let theirs = try send("GET", route + stage.otherTenant)
            #expect(theirs.status == 403)
            #expect(essence(theirs) == essence(try send("GET", route + "no-such-tenant")), "\(what) \(route)")
        }
    }

    @Test(arguments: ["bearer", "api key", "basic"])
    func `another tenant's job is as unknown as one that does not exist`(_ scheme: String) throws {
        let stage = try Stage.shared
        let credential: Credential
        switch scheme {
        case "bearer": credential = .bearer(stage["TOKEN"])
        case "api key": credential = .apiKey(stage["API_KEY"])
        default:
            let name = "isolation-\(UInt32.random(in: 0 ... .max))"
            let outcome = try stage.penstock(
                "users", "add", name, "--tenant", stage.tenant, "--permission", "view:reports", "--permission",
                "export:reports", "--password-stdin", input: Array("correct horse\n".utf8))
            #expect(outcome.status == 0)
            credential = .basic("\(name):correct horse")
        }
        let client = stage.client(credential)
        try expectNothingTold(stage, scheme) { try client.send($0, $1) }
        // The other tenant still has it all.
        #expect(try stage.client(.bearer(stage["OTHER_TOKEN"])).get("/report/exports").json["total"]?.int ?? 0 > 0)
    }

    /// A stage behind a gateway that has authenticated already, as an auth_request would: here from headers that only
    /// this nginx reads. With the headers by which a request is somebody's.
    static func gatewayStage(permissions: String) throws -> (stage: Stage, identity: [(String, String)]) {
        let stage = try Stage(["PENSTOCK_TRUST_GATEWAY": "true"])
        let identity = """
            fastcgi_param PENSTOCK_USER        $http_x_test_user;
            fastcgi_param PENSTOCK_TENANT      $http_x_test_tenant;
            fastcgi_param PENSTOCK_PERMISSIONS $http_x_test_permissions;
            fastcgi_param PENSTOCK_SUPERUSER   $http_x_test_superuser;

            """
        _ = try Shell.output(["tee", "\(stage.state)/nginx/penstock-identity.conf"], input: Array(identity.utf8))
        let text = String(decoding: try File.bytes(at: "\(stage.state)/nginx/nginx.pid"), as: UTF8.self)
        let master = try #require(pid_t(text.prefix { $0.isNumber }))
        let before = Set(stage.children(named: "nginx", of: master))
        kill(master, SIGHUP)
        // A worker with the old configuration goes on answering until it has gone.
        #expect(eventually(within: 20) { before.isDisjoint(with: stage.children(named: "nginx", of: master)) })
        let headers = [
            ("X-Test-User", "sso"), ("X-Test-Tenant", stage.tenant), ("X-Test-Permissions", permissions),
        ]
        #expect(
            try eventually(within: 10) { try stage.client(.none).get("/report/exports", headers).status == 200 })
        return (stage, headers)
    }

    @Test func `the gateway's word counts when it is trusted, once, whole and alone`() throws {
        let (stage, gateway) = try Self.gatewayStage(permissions: "view:reports export:reports")
        defer { stage.stop() }
        let none = stage.client(.none)
        try expectNothingTold(stage, "gateway") { try none.send($0, $1, gateway) }
        // Who the gateway named is who the job remembers.
        let job = try none.create(JobLifeTests.small, gateway)["id"]?.string ?? ""
        #expect(try stage.value("select requested_by from report_export_jobs where id = '\(job)'") == "sso")
        // I18: an empty user is nobody; a token counts then.
        #expect(try none.get("/report/exports").status == 401)
        #expect(try none.get("/report/exports", [("X-Test-User", "")] + gateway.dropFirst()).status == 401)
        #expect(try stage.client.get("/report/exports").status == 200)
        // Without the permission, and with a client that names the params itself.
        #expect(try none.get("/report/exports", Array(gateway.prefix(2))).status == 403)
        #expect(try none.get("/report/exports", [("PENSTOCK_USER", "x"), ("Penstock-User", "x")]).status == 401)
        // I18: a param that comes twice is not believed.
        let twice = try FastCGIClient.request(
            stage,
            [
                ("REQUEST_METHOD", "GET"), ("DOCUMENT_URI", "/report/exports"), ("PENSTOCK_REQUEST_ID", "twice"),
                ("PENSTOCK_USER", "sso"), ("PENSTOCK_TENANT", stage.tenant), ("PENSTOCK_PERMISSIONS", "view:reports"),
                ("PENSTOCK_USER", "admin"),
            ])
        #expect(twice.hasPrefix("Status: 500"), "\(twice.prefix(300))")
    }

    @Test func `the gateway's params mean nothing when it is not trusted`() throws {
        let stage = try Stage.shared
        let answer = try FastCGIClient.request(
            stage,
            [
                ("REQUEST_METHOD", "GET"), ("DOCUMENT_URI", "/report/exports"), ("PENSTOCK_USER", "admin"),
                ("PENSTOCK_TENANT", stage.tenant), ("PENSTOCK_SUPERUSER", "true"), ("REMOTE_USER", "admin"),
            ])
        #expect(answer.hasPrefix("Status: 401"), "\(answer.prefix(300))")
    }
}
