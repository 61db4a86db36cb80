import Glibc
import JSON
import Posix
import Support
import Testing

/// What nginx's user may open: told by `penstock check`, and by the answer and the log when a download meets a refusal.
/// Only root can become another user.
@Suite(.waits, .enabled(if: getuid() == 0 && nginxUser != nil, "these tests need root and a user www-data"))
struct NginxAccessTests {
    /// A folder that everybody may search, with the storage and the sockets of a service that does not run.
    private final class Place {
        let folder: String
        private var sockets: [Int32] = []

        init() throws {
            var path = Array("/tmp/penstock-access-XXXXXX".utf8CString)
            guard mkdtemp(&path) != nil else { throw PosixError("mkdtemp") }
            folder = path.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            chmod(folder, 0o755)
            for name in ["storage", "storage/files", "run"] {
                mkdir("\(folder)/\(name)", 0o750)
                chmod("\(folder)/\(name)", 0o750)
            }
            for (name, kind) in [("penstock", SOCK_STREAM), ("audit", SOCK_DGRAM)] {
                let descriptor = socket(AF_UNIX, Int32(kind.rawValue), 0)
                var address = sockaddr_un()
                address.sun_family = sa_family_t(AF_UNIX)
                withUnsafeMutableBytes(of: &address.sun_path) {
                    $0.copyBytes(from: "\(folder)/run/\(name).sock".utf8)
                }
                let bound = withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                    }
                }
                guard bound == 0 else { throw PosixError("bind", subject: folder) }
                chmod("\(folder)/run/\(name).sock", 0o660)
                sockets.append(descriptor)
            }
        }

        deinit {
            for descriptor in sockets { close(descriptor) }
            _ = try? Shell.run(["rm", "-r", folder])
        }

        /// Gives paths to nginx's group.
        func give(_ names: String...) {
            for name in names { chown("\(folder)/\(name)", uid_t.max, nginxUser?.group ?? 0) }
        }

        /// The findings about access, with this folder in place of the stage's.
        func findings(_ arguments: String..., as user: [String] = []) throws -> [(grade: String, text: String)] {
            var environment = try Stage.shared.settings
            environment["PENSTOCK_NGINX_CONF"] = nil
            environment["PENSTOCK_AUDIT_SOCKET"] = nil
            environment["PENSTOCK_SOCKET"] = "\(folder)/run/penstock.sock"
            environment["PENSTOCK_STORAGE"] = "\(folder)/storage"
            if !user.isEmpty {
                for name in ["SIGNING_KEYS", "JWKS"] { environment["PENSTOCK_\(name)"] = nil }
                environment["PENSTOCK_SIGNING_KEYS"] = "\(folder)/keys"
            }
            let outcome = try Shell.run(
                user + [TestRun.program, "check", "--json"] + arguments, environment: environment)
            let report = try JSON.parse(outcome.output, limits: .stored)
            return (report["findings"]?.array ?? []).filter { $0["subject"] == "access" }.map {
                ($0["grade"]?.string ?? "", $0["message"]?.string ?? "")
            }
        }
    }

    @Test func `check names the folder or the mode that keeps nginx's user out, until nothing does`() throws {
        let place = try Place()
        func told(_ words: String...) throws {
            let findings = try place.findings("--nginx-user", "www-data")
            let bad = findings.filter { $0.grade == "bad" }.map(\.text)
            #expect(bad.count == words.count, "\(findings)")
            for (text, words) in zip(bad, words) { #expect(text.contains(words), "\(text)") }
            // The file that is made to be tried does not stay.
            #expect(try File.names(in: "\(place.folder)/storage/files").isEmpty)
        }
        let run = "may not search \(place.folder)/run (mode 0750, owner root, group root: chmod g+x"
        try told(run, run, "may not search \(place.folder)/storage (mode 0750, owner root, group root: chmod g+x")
        place.give("run", "storage")
        try told(
            "may not write to \(place.folder)/run/penstock.sock (mode 0660, owner root, group root: chmod g+rw",
            "may not write to \(place.folder)/run/audit.sock (mode 0660,",
            "may not search \(place.folder)/storage/files (mode 0750,")
        place.give("run/penstock.sock", "run/audit.sock", "storage/files")
        try told()
        let good = try place.findings("--nginx-user", "www-data")
        #expect(good.map(\.grade) == ["good"], "\(good)")
        #expect(
            good.first?.text.hasPrefix("nginx's user www-data can open \(place.folder)/run/penstock.sock, ") == true)
        // A group that a socket has and the user has not.
        chown("\(place.folder)/run/penstock.sock", uid_t.max, 1)
        try told(": add www-data to the group daemon); answers would be 502")
        // Without a socket nothing is known of it, and that is said.
        _ = try File.remove("\(place.folder)/run/penstock.sock")
        let away = try place.findings("--nginx-user", "www-data")
        #expect(away.contains { $0.grade == "warning" && $0.text.contains("run/penstock.sock is not there: start") })
    }

    @Test func `a stored file is tried where there is one, and only its own user or root can try`() throws {
        let place = try Place()
        place.give("run", "run/penstock.sock", "run/audit.sock", "storage", "storage/files")
        let shard = "\(place.folder)/storage/files/e5"
        let file = "\(shard)/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2-9f03b1c7.csv"
        mkdir(shard, 0o755)
        close(open(file, O_CREAT | O_WRONLY, 0o600))
        let shut = try place.findings("--nginx-user", "www-data")
        #expect(shut.contains { $0.grade == "bad" && $0.text.contains("may not read \(file) (mode 0600, owner root") })
        chmod(file, 0o604)
        #expect(try place.findings("--nginx-user", "www-data").map(\.grade) == ["good"])

        // What a check by root makes is its owner's.
        _ = try Shell.output(["rm", "-r", "\(place.folder)/storage/files"])
        chown("\(place.folder)/storage", 65_534, 65_534)
        _ = try place.findings("--nginx-user", "www-data")
        var info = stat()
        #expect(stat("\(place.folder)/storage/files", &info) == 0 && info.st_uid == 65_534 && info.st_gid == 65_534)

        let unknown = try place.findings("--nginx-user", "nobody-at-all")
        #expect(unknown.map(\.grade) == ["warning"] && unknown.first?.text.contains("no user 'nobody-at-all'") == true)
        _ = try Shell.output(
            ["tee", "\(place.folder)/keys"], input: try Shell.output([TestRun.program, "keys", "signing", "k"]))
        chmod("\(place.folder)/keys", 0o644)
        let other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        // Where others cannot come to the program there is nobody to try it as.
        guard try Shell.run(other + ["test", "-x", TestRun.program]).status == 0,
            try Shell.run(other + ["test", "-r", "\(TestRun.source)/sql/demo/catalogs/warehouse"]).status == 0
        else { return }
        let powerless = try place.findings("--nginx-user", "www-data", as: other)
        #expect(powerless.map(\.grade) == ["warning"], "\(powerless)")
        #expect(powerless.first?.text.contains("could not be tried, for this is not root") == true, "\(powerless)")
    }

    @Test func `the user is that of nginx's configuration`() throws {
        let stage = try Stage.shared
        let folder = "\(TestRun.folder)/nginx-\(UInt32.random(in: 0 ... .max))"
        _ = try Shell.output(["cp", "-r", "\(stage.state)/nginx", folder])
        let conf = "\(folder)/nginx.conf"
        let text = String(decoding: try File.bytes(at: conf), as: UTF8.self)
            .split(separator: "\n").filter { !$0.hasPrefix("user ") }.joined(separator: "\n")
        func findings(_ first: String) throws -> [String] {
            _ = try Shell.output(["tee", conf], input: Array("\(first)\n\(text)\n".utf8))
            var environment = stage.settings
            environment["PENSTOCK_NGINX_CONF"] = nil
            let outcome = try Shell.run(
                [TestRun.program, "check", "--nginx", conf, "--nginx-prefix", "\(folder)/"], environment: environment)
            return outcome.text.split(separator: "\n").map(String.init).filter { $0.contains("\taccess: ") }
        }
        let root = try findings("user root;")
        #expect(root.count == 1 && root.first?.hasPrefix("good\taccess: nginx's user root can open") == true, "\(root)")
        // The stage's folder is for its own user alone.
        for first in ["user www-data www-data;", ""] {
            let found = try findings(first)
            #expect(found.contains { $0.hasPrefix("bad\taccess: nginx's user www-data may not search /") }, "\(found)")
        }
        #expect(try findings("user nobody nogroup;").contains { $0.contains("nginx's user nobody may not search /") })
    }

    @Test func `a file that nginx may not read is a 500 in JSON and an alarm, and one that has gone is neither`() throws
    {
        let stage = try Stage()
        defer { stage.stop() }
        // nginx's workers come to the stage's sockets and files.
        let sockets = stage.settings["PENSTOCK_SOCKET"] ?? ""
        let run = String(sockets[..<(sockets.lastIndex(of: "/") ?? sockets.startIndex)])
        for path in [stage.state, run] {
            var above = path
            while above.hasPrefix(TestRun.folder) {
                chmod(above, 0o711)
                above = String(above[..<(above.lastIndex(of: "/") ?? above.startIndex)])
            }
        }
        for folder in [run, "\(stage.state)/storage", "\(stage.state)/storage/files"] { chmod(folder, 0o755) }
        for name in try File.names(in: run) where name.hasSuffix(".sock") { chmod("\(run)/\(name)", 0o666) }
        let own = try OwnNginx(user: "www-data", http: "include \(stage.state)/nginx/penstock-http.conf;") { _ in
            "include \(stage.state)/nginx/penstock.conf;"
        }
        let (job, bytes) = try stage.client.export(JobLifeTests.small)
        let id = job["id"]?.string ?? ""
        let stored = try stage.value("select stored_path from report_export_jobs where id = '\(id)'") ?? ""
        let (path, shard) = (
            "\(stage.state)/storage/\(stored)", "\(stage.state)/storage/\(stored.prefix { $0 != "." }.dropLast(37))"
        )
        let through = Client(port: own.port, credential: .none)
        func answer() throws -> Reply { try through.begin("GET", try stage.client.link(id)).reply() }
        func alarms() throws -> Int {
            try stage.log.lines(
                with: "\"level\":\"error\"", "nginx may not read a finished file", id, "13: Permission denied"
            ).count
        }
        func expectRefused(_ reply: Reply) { NginxAnswersTests.expectJSON(reply, 500, "file_unreadable") }
        chmod(shard, 0o755)
        chmod(path, 0)
        expectRefused(try answer())
        #expect(try eventually { try alarms() == 1 })
        chmod(path, 0o644)
        #expect(try answer().body == bytes)
        chmod(shard, 0o700)
        expectRefused(try answer())
        #expect(try eventually { try alarms() == 2 })
        let watcher = try stage.penstock(
            "token", "--subject", "p", "--tenant", stage.tenant, "--permission", "view:metrics")
        let figures = try stage.client(.bearer(String(watcher.text.dropLast()))).get("/report/metrics").text
        #expect(figures.contains("\npenstock_files_unreadable_total 2\n"), "\(figures)")
        chmod(shard, 0o755)
        // Gone: the responder says so, or nginx when it goes between the two.
        _ = try File.remove(path)
        #expect(try answer().status == 410)
        #expect(try through.begin("GET", "/_penstock_files/e5/x.csv").reply().status == 404)
        #expect(try alarms() == 2 && !stage.log.contains("sig="))
    }
}

/// nginx's usual user; nil where there is none.
private let nginxUser = UserAccount(named: "www-data")
