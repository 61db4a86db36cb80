import Glibc
import JSON
import Posix
import Support
import Testing

/// The program's commands: help, answers for people and programs, and what a wrong input gets.
@Suite(.waits) struct CommandTests {
    @Test(arguments: [
        "", "serve", "migrate", "check", "catalog", "catalog check", "export", "jobs", "jobs list", "jobs show",
        "jobs cancel", "jobs retry", "jobs watch", "status", "init", "catalog init", "catalog grants", "keys jwks",
        "keys", "keys create", "keys list", "keys rotate", "keys revoke", "keys signing", "users",
        "users add",
        "users list", "users remove", "token", "audit", "audit list", "audit verify", "audit heads", "audit prune",
        "schedules",
        "schedules list", "schedules show",
        "schedules add",
        "schedules change", "schedules remove", "webhooks", "webhooks set", "webhooks show", "webhooks remove",
        "webhooks test", "webhooks deliveries", "webhooks resend", "completion",
    ])
    func `every command tells what it does`(_ command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let outcome = try Shell.run([TestRun.program] + words + ["--help"])
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(outcome.text.hasPrefix("OVERVIEW: "))
        #expect(outcome.text.contains("USAGE: penstock"))
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let status: Int32
        /// The value that was wrong, or how to mend it.
        let holding: String
        var environment: [String: String] = [:]
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String, _ status: Int32, _ holding: String, _ environment: [String: String] = [:]) {
            self.arguments = arguments.split(separator: " ").map { $0 == "''" ? "" : String($0) }
            self.status = status
            self.holding = holding
            self.environment = environment
        }
    }

    private static let out = "--output \(TestRun.folder)/never.csv"
    private static let nobody = ["PENSTOCK_DATABASE_URL": "postgresql://nobody@/nowhere?host=\(TestRun.folder)"]
    private static let id = "01900000-0000-7000-8000-000000000001"

    @Test(arguments: [
        // 64: the command line.
        Wrong("nope", 64, "nope"), Wrong("job", 64, "there is no command 'penstock job'; did you mean 'jobs'?"),
        Wrong("jobs lst", 64, "there is no command 'penstock jobs lst'; did you mean 'list'?"),
        Wrong("webhooks bogus", 64, "there are: set, show"), Wrong("jobs --tenat acme", 64, "Did you mean '--tenant'?"),
        Wrong("jobs list --state redy", 64, "did you mean 'ready'?"), Wrong("completion tcsh", 64, "zsh, bash, fish"),
        Wrong("keys create --tenant acme --name x --permission view:report", 64, "did you mean 'view:reports'?"),
        Wrong("export --tenant acme \(out)", 64, "give --catalog"), Wrong("serve --nope", 64, "--nope"),
        Wrong("jobs watch", 64, "<id>"),
        Wrong("jobs list --tenant acme --state done", 64, "done"),
        Wrong("jobs list --tenant acme --limit 0", 64, "--limit 0"),
        Wrong("keys create --tenant acme --name x --permission fly", 64, "fly"),
        Wrong("keys create --tenant '' --name x", 64, "--tenant"), Wrong("keys signing", 64, "kid"),
        Wrong("users add a:b --tenant acme --password-stdin", 64, "colon"),
        Wrong("users add abc --tenant acme --password-stdin", 64, "password"),
        Wrong("users add abc --tenant acme --hash plain", 64, "--hash"),
        Wrong("token --subject x --tenant acme --expires 5y", 64, "5y"), Wrong("token --tenant acme", 64, "--subject"),
        Wrong("audit --job x", 64, "x"), Wrong("audit --limit x", 64, "'x'"),
        Wrong("export --tenant acme --catalog foo \(out)", 64, "foo"),
        Wrong("export --tenant acme-logistics --catalog warehouses --column foo \(out)", 64, "foo"),
        Wrong(
            "export --tenant acme-logistics --catalog warehouses --from 2026-02-30 --to 2026-03-01 \(out)", 64,
            "dateRange.from"),
        Wrong("export --tenant acme-logistics --catalog warehouses --format pdf \(out)", 64, "csv, xlsx"),
        // 66: what is named is not there.
        Wrong("jobs show \(id)", 66, id), Wrong("jobs cancel \(id)", 66, id), Wrong("keys revoke nope", 66, "nope"),
        Wrong("users remove nope", 66, "nope"), Wrong("catalog check /nowhere/at/all", 66, "/nowhere/at/all"),
        Wrong("export --tenant acme-logistics --catalog warehouses --request /nowhere \(out)", 66, "/nowhere"),
        // 69: the database is away.
        Wrong("jobs --tenant acme", 69, "cannot be reached", nobody), Wrong("migrate", 69, "cannot be reached", nobody),
        // 73: the output cannot be made.
        Wrong(
            "export --tenant acme-logistics --catalog warehouses --output /nowhere/at/all.csv", 73,
            "/nowhere/at/all.csv"),
        // 78: the configuration.
        Wrong("check --config /nowhere.yaml", 78, "/nowhere.yaml"), Wrong("serve", 78, "another service"),
        Wrong("serve", 78, "RESPONDERS is 'many'", ["PENSTOCK_RESPONDERS": "many"]),
        Wrong("serve", 78, "WEBHOOK_TRUSTED_RANGES", ["PENSTOCK_WEBHOOK_TRUSTED_RANGES": "10.0.0.0/99"]),
        Wrong("check", 78, "TRUST_GATEWAY", ["PENSTOCK_TRUST_GATEWAY": "perhaps"]),
        Wrong("serve", 78, "PUBLIC_URL", ["PENSTOCK_PUBLIC_URL": "ftp://x"]),
        Wrong("check", 78, "no query", ["PENSTOCK_PUBLIC_URL": "https://h/?x=1"]),
        Wrong("check", 78, "no fragment", ["PENSTOCK_PUBLIC_URL": "https://h/a#b"]),
        Wrong("check", 78, "names a user", ["PENSTOCK_PUBLIC_URL": "http://user:pw@h/"]),
        Wrong("check", 78, "names no host", ["PENSTOCK_PUBLIC_URL": "https:///tools"]),
        Wrong("check", 78, "visible ASCII", ["PENSTOCK_PUBLIC_URL": "https://h/a b"]),
    ])
    func `a wrong input gets one line on stderr and a status of sysexits`(_ wrong: Wrong) throws {
        let stage = try Stage.shared
        let outcome = try Shell.run(
            [TestRun.program] + wrong.arguments, environment: stage.settings.merging(wrong.environment) { $1 })
        #expect(outcome.status == wrong.status, "\(outcome.errorText)")
        #expect(outcome.output.isEmpty, "\(outcome.text)")
        #expect(
            outcome.errorText.hasPrefix("penstock: ") && outcome.errorText.contains(wrong.holding),
            "\(outcome.errorText)")
        #expect(outcome.errors.filter { $0 == 0x0A }.count == 1 && outcome.errors.last == 0x0A, "\(outcome.errorText)")
        #expect(try File.status("\(TestRun.folder)/never.csv") == nil)
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func `each shell gets its completion`(_ shell: String) throws {
        let outcome = try Shell.run([TestRun.program, "completion", shell])
        #expect(outcome.status == 0 && outcome.text.contains("schedules"))
        #expect(try Shell.output([TestRun.program, "--generate-completion-script", shell]) == outcome.output)
        if shell == "bash" { #expect(try Shell.run(["bash", "-n"], input: outcome.output).status == 0) }
    }

    @Test func `check tells all that is missing at once, and the faults of what is there`() throws {
        let keys = "\(TestRun.folder)/short-keys"
        _ = try Shell.output(["tee", keys], input: Array("a short\n".utf8))
        let environment = [
            "PATH": "/usr/bin:/bin", "PENSTOCK_SIGNING_KEYS": keys, "PENSTOCK_JWKS": "/nowhere/jwks",
            "PENSTOCK_WORKERS": "0",
        ]
        let expected = [
            "PENSTOCK_DATABASE_URL is not set", "PENSTOCK_CATALOGS is not set", "PENSTOCK_STORAGE is not set",
            "WORKERS is '0'", "\(keys):", "/nowhere/jwks:",
        ]
        for command in ["check", "serve"] {
            let outcome = try Shell.run([TestRun.program, command], environment: environment)
            #expect(outcome.status == 78 && outcome.output.isEmpty)
            #expect(outcome.errorText.split(separator: "\n").count == expected.count, "\(outcome.errorText)")
            for words in expected { #expect(outcome.errorText.contains(words), "\(outcome.errorText)") }
        }
        let json = try Shell.run([TestRun.program, "check", "--json"], environment: environment)
        let report = try json2(json)
        #expect(json.status == 78 && report["ok"] == false && json.errors.isEmpty)
        let findings = report["findings"]?.array ?? []
        #expect(
            findings.count == expected.count
                && findings.allSatisfy { $0["subject"] == "settings" && $0["grade"] == "bad" })
        // Without a file of keys, too.
        let none = try Shell.run([TestRun.program, "check"], environment: ["PATH": "/usr/bin:/bin"])
        #expect(none.errorText.contains("PENSTOCK_SIGNING_KEYS is not set"), "\(none.errorText)")
    }

    @Test func `check says in which databases it has looked, and where lists of keys could not be taken`() throws {
        let stage = try Stage.shared
        let good = try stage.penstock("check")
        let (jobs, source) = (
            #/good\tdatabase: .*, in the database penstock at .+:\d+, as \w+\n/#,
            #/good\tsource: looked in the database \w+ at .+:\d+, as \w+\n/#
        )
        #expect(good.text.contains(jobs) && good.text.contains(source), "\(good.text)")
        try stage.psql(
            "create database untemporary; revoke temporary on database untemporary from public", on: .jobsOwner)
        var settings = stage.settings
        let name = try #require(stage.url(.source).firstMatch(of: #/@/(\w+)/#)).1
        settings["PENSTOCK_SOURCE_URL"] = stage.url(.source).replacingOccurrence(of: "@/\(name)", with: "@/untemporary")
        let other = try Shell.run([TestRun.program, "check"], environment: settings)
        #expect(other.status == 78 && other.text.contains("looked in the database untemporary at "), "\(other.text)")
        let words =
            #/warning\tsource: the role (\w+) may make no temporary table in the database untemporary: exports by a list of keys would fail \(filterKey of \w+/[\w-]+.*\); grant temporary on database untemporary to (\w+)\n/#
        let told = try #require(other.text.firstMatch(of: words), "\(other.text)")
        #expect(told.1 == told.2)
        // The tables are elsewhere, which the line before explains.
        #expect(other.text.contains("there is no table or view"))
        try stage.psql("grant temporary on database untemporary to public", on: .jobsOwner)
        let mended = try Shell.run([TestRun.program, "check"], environment: settings)
        #expect(!mended.text.contains("temporary table"), "\(mended.text)")
        // One that is Penstock's own by mistake.
        settings["PENSTOCK_SOURCE_URL"] = nil
        let own = try Shell.run([TestRun.program, "check"], environment: settings)
        #expect(own.text.contains("; SOURCE_URL is not set, or is the same as DATABASE_URL\n"), "\(own.text)")
    }

    private func json(_ outcome: Shell.Outcome) throws -> JSON {
        #expect(outcome.status == 0, "\(outcome.errorText)")
        return try JSON.parse(outcome.output, limits: .stored)
    }

    @Test func `migrate and check find all well and may be repeated`() throws {
        let stage = try Stage.shared
        #expect(try json(stage.penstock("migrate", "--json"))["current"] == true)
        let check = try json(stage.penstock("check", "--json"))
        #expect(check["ok"] == true && check["findings"]?.array?.isEmpty == false)
        let catalogs = try json(stage.penstock("catalog", "check", "--json"))
        #expect(catalogs["ok"] == true && catalogs["catalogs"] == 8 && catalogs["checkedAgainstDatabase"] == true)
    }

    @Test(.overFolder) func `serve refuses a folder that the database is not bound to, until it is adopted`() throws {
        let stage = try Stage.shared
        var settings = stage.settings
        settings["PENSTOCK_NGINX_CONF"] = nil
        settings["PENSTOCK_STORAGE"] = "\(TestRun.folder)/not-mounted-\(UInt32.random(in: 0 ... .max))"
        func run(_ arguments: String...) throws -> Shell.Outcome {
            try Shell.run([TestRun.program] + arguments, environment: settings, within: 20)
        }
        // The stage's dispatcher binds its own folder when it begins.
        #expect(try eventually { try stage.value("select count(*) from penstock_storage") == "1" })
        let refused = try run("serve")
        #expect(refused.status == 78 && refused.errorText.contains("--adopt-storage"), "\(refused.errorText)")
        #expect(try run("check").status == 78)
        let adopted = try run("check", "--adopt-storage")
        #expect(adopted.status == 0, "\(adopted.text) \(adopted.errorText)")
        #expect(try run("check").status == 0)
    }

    @Test func `serve refuses a schema that is older or newer than its own, and migrate makes it fit`() throws {
        let stage = try Stage.shared
        let name = "fresh_\(UInt32.random(in: 0 ... .max))"
        try stage.psql("create database \(name) owner penstock", on: .jobsOwner)
        var settings = stage.settings
        let url = stage["DATABASE_URL"].replacingOccurrence(of: "@/penstock?", with: "@/\(name)?")
        settings["PENSTOCK_DATABASE_URL"] = url
        settings["PENSTOCK_SOCKET"] = "\(TestRun.folder)/fresh.sock"
        settings["PENSTOCK_NGINX_CONF"] = nil
        settings["PENSTOCK_STORAGE"] = "\(TestRun.folder)/\(name)"
        func run(_ arguments: String...) throws -> Shell.Outcome {
            try Shell.run([TestRun.program] + arguments, environment: settings, within: 20)
        }
        let empty = try run("serve")
        #expect(empty.status == 78 && empty.errorText.contains("migrate"), "\(empty.errorText)")
        #expect(try run("check").status == 78)
        #expect(try json(run("migrate", "--json"))["applied"]?.array?.isEmpty == false)
        #expect(try json(run("migrate", "--json")) == ["applied": [], "current": true])
        let check = try run("check")
        #expect(check.status == 0, "\(check.text) \(check.errorText)")
        _ = try Shell.output([
            "psql", "-X", "-q", "-d", url, "-c", "insert into penstock_schema (version, name) values (9999, 'later')",
        ])
        let newer = try run("serve")
        #expect(newer.status == 78 && newer.errorText.contains("newer"), "\(newer.errorText)")
    }

    @Test func `migrate and check name a database, and a role, that cannot hold the tables`() throws {
        let stage = try Stage.shared
        for encoding in ["LATIN1", "SQL_ASCII"] {
            let name = "other_\(encoding.lowercased())"
            try stage.psql(
                "create database \(name) owner penstock encoding '\(encoding)' template template0 lc_collate 'C' lc_ctype 'C'",
                on: .jobsOwner)
            var settings = stage.settings
            settings["PENSTOCK_DATABASE_URL"] = stage["DATABASE_URL"].replacingOccurrence(
                of: "@/penstock?", with: "@/\(name)?")
            let migrate = try Shell.run([TestRun.program, "migrate"], environment: settings)
            #expect(migrate.status == 78, "\(migrate.errorText)")
            let words = "the database's encoding is \(encoding), and Penstock's own database needs UTF8"
            #expect(migrate.errorText.hasPrefix("penstock: \(words)"), "\(migrate.errorText)")
            let check = try Shell.run([TestRun.program, "check"], environment: settings)
            #expect(
                check.status == 78 && check.text.contains("bad\tdatabase: \(words)"), "\(check.text)")
        }
        try stage.psql("create database unowned; grant connect on database unowned to penstock", on: .jobsOwner)
        var settings = stage.settings
        settings["PENSTOCK_DATABASE_URL"] = stage["DATABASE_URL"].replacingOccurrence(
            of: "@/penstock?", with: "@/unowned?")
        let migrate = try Shell.run([TestRun.program, "migrate"], environment: settings)
        #expect(migrate.status == 78, "\(migrate.errorText)")
        #expect(
            migrate.errorText == "penstock: the role 'penstock' may not make tables in the schema 'public';"
                + " grant create on schema public to penstock\n")
    }

    @Test func `a faulty catalog is told with file and line`() throws {
        let stage = try Stage.shared
        let folder = "\(TestRun.folder)/faulty"
        try File.makeFolders(folder)
        let good = try File.bytes(at: "\(TestRun.source)/sql/demo/catalogs/warehouse/warehouses.yaml")
        let text = String(decoding: good, as: UTF8.self)
            .replacingOccurrence(of: "key: opens_at", with: "key: closes_at")
            .replacingOccurrence(of: "type: boolean", with: "type: flag")
        _ = try Shell.output(["tee", "\(folder)/faulty.yaml"], input: Array(text.utf8))
        let outcome = try stage.penstock("catalog", "check", folder)
        #expect(outcome.status == 65)
        let all = outcome.text + outcome.errorText
        let line =
            (text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("type: flag") } ?? 0)
            + 1
        #expect(all.contains("faulty.yaml:\(line):"), "\(all)")
        #expect(try json2(stage.penstock("catalog", "check", folder, "--json"))["ok"] == false)
        // The service does not start with it.
        #expect(try stage.penstock("check", "--json").status == 0)
    }

    private func json2(_ outcome: Shell.Outcome) throws -> JSON { try JSON.parse(outcome.output, limits: .stored) }

    @Test func `export to a file gives the service's file byte for byte`() throws {
        let stage = try Stage.shared
        let request: JSON = [
            "module": "delivery", "catalog": "delivery-orders", "format": "csv",
            "dateRange": ["from": "2026-05-01", "to": "2026-05-07"], "statuses": ["assigned", "delivered"],
            "columns": ["delivery_code", "customer_id", "driver_id", "note", "amount", "created_at"],
            "relationFields": [
                ["field": "customer_id", "output": "reference_value", "table": "users", "referenceField": "full_name"],
                [
                    "field": "driver_id", "output": "reference_value", "table": "drivers",
                    "referenceField": "user.full_name",
                ],
            ],
            "timezone": "Europe/Oslo", "locale": "nb-NO",
        ]
        let (job, served) = try stage.client.export(request)
        let folder = "\(TestRun.folder)/export-\(UInt32.random(in: 0 ... .max))"
        try File.makeFolders(folder)
        let options = [
            "--from", "2026-05-01", "--to", "2026-05-07", "--status", "assigned", "--status", "delivered",
            "--timezone", "Europe/Oslo", "--locale", "nb-NO", "--relation", "customer_id=users.full_name", "--relation",
            "driver_id=drivers.user.full_name",
        ]
        let columns = ["delivery_code", "customer_id", "driver_id", "note", "amount", "created_at"].flatMap {
            ["--column", $0]
        }
        let outcome = try Shell.run(
            [
                TestRun.program, "export", "--catalog", "delivery/delivery-orders", "--tenant", stage.tenant,
                "--output",
                "\(folder)/a.csv", "--json",
            ] + options + columns, environment: stage.settings)
        let receipt = try json(outcome)
        #expect(try File.bytes(at: "\(folder)/a.csv") == served)
        #expect(receipt["sha256"] == job["metadata"]?["sha256"] && receipt["rows"] == job["rowCount"])
        #expect(try File.names(in: folder) == ["a.csv"])

        _ = try Shell.output(["tee", "\(folder)/request.json"], input: request.serialized)
        let piped = try stage.penstock(
            "export", "--catalog", "delivery/delivery-orders", "--tenant", stage.tenant, "--output", "-", "--request",
            "\(folder)/request.json")
        #expect(piped.status == 0, "\(piped.errorText)")
        #expect(piped.output == served)
        let typed = try stage.penstock(
            "export", "--tenant", stage.tenant, "--output", "\(folder)/b.csv", "--request", "-",
            input: request.serialized)
        #expect(typed.status == 0, "\(typed.errorText)")
        #expect(try File.bytes(at: "\(folder)/b.csv") == served)
        // Options go before the members of the request.
        let changed = try stage.penstock(
            "export", "--tenant", stage.tenant, "--output", "-", "--request", "-", "--format", "xlsx", "--catalog",
            "warehouse/warehouses", "--column", "code",
            input: Array(#"{"module":"delivery","catalog":"x","format":"csv"}"#.utf8))
        #expect(changed.status == 0 && changed.output.starts(with: "PK".utf8), "\(changed.errorText)")
        let refused = try stage.penstock(
            "export", "--tenant", stage.tenant, "--output", "\(folder)/c.xlsx", "--request", "-",
            input: request.serialized)
        #expect(refused.status == 64 && refused.errorText.contains("not a .xlsx file"), "\(refused.errorText)")
    }

    @Test func `jobs are listed, shown and cancelled`() throws {
        let stage = try Stage.shared
        let id = try stage.client.create(JobLifeTests.long)["id"]?.string ?? ""
        let list =
            try json(stage.penstock("jobs", "list", "--tenant", stage.tenant, "--limit", "1000", "--json")).array ?? []
        #expect(list.contains { $0["id"] == .string(id) })
        let hosts = try json(stage.penstock("hosts", "--json")).array ?? []
        #expect(hosts.contains { $0["state"] == "alive" && $0["workers"]?.int ?? 0 > 0 && $0["version"] == "0.1.0" })
        #expect(try stage.penstock("hosts").text.hasPrefix("HOST"))
        let table = try stage.penstock("jobs", "--tenant", stage.tenant)
        #expect(table.text.hasPrefix("ID ") && table.status == 0)
        #expect(try json(stage.penstock("jobs", "show", id, "--json"))["id"] == .string(id))
        #expect(try json(stage.penstock("jobs", "cancel", id, "--json"))["state"] == "cancelled")
        #expect(try stage.client.job(id)["status"] == "cancelled")
        #expect(try stage.penstock("jobs", "cancel", id).status != 0)
    }

    @Test func `the limits of a tenant are raised for a time, listed and cleared, and the audit has it`() throws {
        let stage = try Stage.shared
        let tenant = "raised-\(UInt32.random(in: 0 ... .max))"
        let raised = try stage.penstock("tenants", "raise", tenant, "--queued", "5000", "--hours", "2")
        #expect(raised.status == 0 && raised.text.hasPrefix("raised until "))
        let tenants = try json(stage.penstock("tenants", "--json")).array ?? []
        #expect(tenants.contains { $0["tenant"] == .string(tenant) && $0["mayQueue"] == 5000 && $0["mayRun"] == .null })
        // A tenant that has something to do is there as well; how long the export takes is not known.
        let isListed = try eventually {
            let id = try stage.client.create(JobLifeTests.long)["id"]?.string ?? ""
            defer { _ = try? stage.penstock("jobs", "cancel", id) }
            return try json(stage.penstock("tenants", "--json")).array?.contains {
                $0["tenant"] == .string(stage.tenant) && $0["until"] == .null
            } ?? false
        }
        #expect(isListed)
        #expect(try stage.penstock("tenants", "clear", tenant).text == "cleared \(tenant)\n")
        #expect(try stage.penstock("tenants", "clear", tenant).status != 0)
        #expect(try stage.penstock("tenants", "raise", tenant, "--hours", "2").status == 64)
        let audit = try json(stage.penstock("audit", "--tenant", tenant, "--json")).array ?? []
        #expect(audit.map { $0["outcome"] } == ["limits_cleared", "limits_raised"])
        #expect(audit.last?["userAgent"]?.string?.hasSuffix("tenants raise \(tenant) --queued 5000 --hours 2") == true)
    }

    @Test func `keys, users and tokens that are made work, and those taken away do not`() throws {
        let stage = try Stage.shared
        let made = try json(
            stage.penstock(
                "keys", "create", "--tenant", stage.tenant, "--name", "commands", "--permission", "view:reports",
                "--json"))
        let key = try #require(made["key"]?.string)
        let prefix = try #require(made["prefix"]?.string)
        #expect(try stage.client(.apiKey(key)).get("/report/exports?limit=1").status == 200)
        #expect(
            try json(stage.penstock("keys", "list", "--json")).array?.contains { $0["prefix"] == .string(prefix) }
                == true)
        let rotated = try json(stage.penstock("keys", "rotate", prefix, "--json"))
        let next = try #require(rotated["key"]?.string)
        for good in [key, next] {
            #expect(try stage.client(.apiKey(good)).get("/report/exports?limit=1").status == 200)
        }
        try stage.psql("update penstock_api_keys set expires_at = clock_timestamp() where prefix = '\(prefix)'")
        #expect(try stage.client(.apiKey(key)).get("/report/exports?limit=1").status == 401)
        #expect(try stage.client(.apiKey(next)).get("/report/exports?limit=1").status == 200)
        #expect(try stage.penstock("keys", "rotate", prefix).status == 66)
        #expect(try json(stage.penstock("keys", "revoke", prefix, "--json"))["revoked"] == true)
        #expect(try stage.client(.apiKey(key)).get("/report/exports?limit=1").status == 401)
        #expect(
            try stage.value("select count(*) from penstock_api_keys where encode(key_hash, 'escape') like '%psk%'")
                == "0")

        let name = "commands-\(UInt32.random(in: 0 ... .max))"
        let added = try stage.penstock(
            "users", "add", name, "--tenant", stage.tenant, "--permission", "view:reports", "--password-stdin",
            input: Array("pass:wörd\n".utf8))
        #expect(added.status == 0, "\(added.errorText)")
        #expect(try stage.client(.basic("\(name):pass:wörd")).get("/report/exports?limit=1").status == 200)
        #expect(try stage.client(.basic("\(name):pass")).get("/report/exports?limit=1").status == 401)
        #expect(try stage.penstock("users", "list").text.contains(name))
        #expect(try json(stage.penstock("users", "remove", name, "--json"))["removed"] == true)
        // A verdict may be remembered for a minute at most; a removal is no verdict.
        #expect(
            try eventually(within: 65) {
                try stage.client(.basic("\(name):pass:wörd")).get("/report/exports?limit=1").status == 401
            })

        let token = try stage.penstock(
            "token", "--subject", "t", "--tenant", stage.tenant, "--permission", "view:reports")
        let bearer = Credential.bearer(String(token.text.dropLast()))
        #expect(try stage.client(bearer).get("/report/exports?limit=1").status == 200)
        #expect(try stage.client(bearer).post("/report/exports", JobLifeTests.small).status == 403)

        let line = try stage.penstock("keys", "signing", "2026b").text
        #expect(line.hasPrefix("2026b ") && line.utf8.count > 45)
        let file = "\(TestRun.folder)/signing-\(UInt32.random(in: 0 ... .max))"
        for kid in ["2026c", "2026d"] {
            #expect(try stage.penstock("keys", "signing", kid, "--output", file).status == 0)
        }
        #expect(try stage.penstock("keys", "signing", "2026c", "--output", file).status == 64, "it is there already")
        let lines = String(decoding: try File.bytes(at: file), as: UTF8.self).split(separator: "\n")
        #expect(lines.map { $0.prefix(6) } == ["2026d ", "2026c "])
        var info = stat()
        #expect(stat(file, &info) == 0 && info.st_mode & 0o777 == 0o600)
    }
}
