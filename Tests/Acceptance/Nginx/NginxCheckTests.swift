import Glibc
import JSON
import Posix
import Support
import Testing

/// `penstock check` and nginx: the stage's real configuration, copied and broken in one place, must be told of with the
/// file and the line of that place.
@Suite(.waits, .overFolder) struct NginxCheckTests {
    /// One thing broken in a copy of the stage's configuration.
    struct Break: Sendable, CustomTestStringConvertible {
        let name: String
        let file: String
        let from: String
        let to: String
        let finding: String
        /// What the line that is named holds, after the change.
        let line: String
        var settings: [String: String] = [:]
        var testDescription: String { name }

        init(
            _ name: String, in file: String, _ from: String, _ to: String, says finding: String, at line: String,
            with settings: [String: String] = [:]
        ) {
            self.name = name
            self.file = file
            self.from = from
            self.to = to
            self.finding = finding
            self.line = line
            self.settings = settings
        }
    }

    /// A copy of the stage's configuration that includes its own files; the folder.
    private static func copy(_ stage: Stage, _ change: Break? = nil) throws -> String {
        let folder = "\(TestRun.folder)/nginx-\(UInt32.random(in: 0 ... .max))"
        try File.makeFolders(folder)
        for name in try File.names(in: "\(stage.state)/nginx") where name.hasSuffix(".conf") {
            var text = String(decoding: try File.bytes(at: "\(stage.state)/nginx/\(name)"), as: UTF8.self)
                .replacing("\(stage.state)/nginx/", with: "\(folder)/")
            if let change, change.file == name {
                guard text.contains(change.from) else { throw Unmet("\(name) has no \(change.from)") }
                text.replace(change.from, with: change.to)
            }
            _ = try Shell.output(["tee", "\(folder)/\(name)"], input: Array(text.utf8))
        }
        return folder
    }

    private static func findings(
        _ stage: Stage, _ folder: String, _ settings: [String: String] = [:]
    ) throws -> (status: Int32, messages: [(grade: String, text: String)]) {
        var environment = stage.settings.merging(settings) { $1 }
        environment["PENSTOCK_NGINX_CONF"] = nil
        environment["PENSTOCK_NGINX_PREFIX"] = nil
        let outcome = try Shell.run(
            [TestRun.program, "check", "--json", "--nginx", "\(folder)/nginx.conf", "--nginx-prefix", "\(folder)/"],
            environment: environment)
        let report = try JSON.parse(outcome.output, limits: .stored)
        let found = (report["findings"]?.array ?? []).filter { $0["subject"] == "nginx" }
        return (
            outcome.status, found.map { ($0["grade"]?.string ?? "", $0["message"]?.string ?? "") }
        )
    }

    @Test func `the snippet as it is fits, and check says so`() throws {
        let stage = try Stage.shared
        let (status, messages) = try Self.findings(stage, try Self.copy(stage))
        #expect(status == 0 && messages.map(\.grade) == ["good"], "\(messages)")
        let said = #/has the snippet in 1 server block, says /.*nginx [0-9]+\.[0-9]+\.[0-9]+/#
        #expect(messages.first?.text.contains(said) == true, "\(messages)")
        // And the setting does what the option does.
        let outcome = try stage.penstock("check")
        #expect(outcome.status == 0 && outcome.text.contains("nginx: \(stage.state)/nginx/nginx.conf has the snippet"))
    }

    @Test func `what penstock nginx prints is read by nginx and is what check wants`() throws {
        let stage = try Stage.shared
        let folder = try Self.copy(stage)
        let printed = try stage.penstock("nginx", "--transfers", "--page", "\(TestRun.source)/nginx/www")
        let http = try stage.penstock("nginx", "--http")
        #expect(printed.status == 0 && http.status == 0)
        // Nothing of it is edited: it takes the place of the file and of all that this one includes.
        for name in try File.names(in: folder) where name.hasPrefix("penstock") {
            _ = try Shell.output(["rm", "\(folder)/\(name)"])
        }
        _ = try Shell.output(["tee", "\(folder)/penstock.conf"], input: printed.output)
        _ = try Shell.output(["tee", "\(folder)/penstock-http.conf"], input: http.output)
        let (status, messages) = try Self.findings(stage, folder)
        #expect(status == 0 && messages.map(\.grade) == ["good"], "\(messages)")
    }

    private static let internalLocation = "location ^~ /_penstock_files/ {\n    internal;"

    @Test(arguments: [
        Break(
            "the include is left out", in: "nginx.conf", "        include \"", "        # include \"",
            says: "no server block has Penstock's locations", at: ""),
        Break(
            "another socket", in: "penstock-fastcgi.conf", "/penstock.sock", "/other.sock",
            says: "fastcgi_pass leads to unix:", at: "fastcgi_pass"),
        Break(
            "an alias elsewhere", in: "penstock.conf", "alias \"", "alias \"/srv",
            says: "the finished files are in", at: "alias \"/srv"),
        Break(
            "an alias without its slash", in: "penstock.conf", "/storage/files/\";\n    disable",
            "/storage/files\";\n    disable",
            says: "does not end in a slash", at: "alias"),
        Break(
            "links followed from elsewhere", in: "penstock.conf", "\"from=", "\"from=/srv",
            says: "disable_symlinks from is /srv", at: "disable_symlinks"),
        Break(
            "links followed", in: "penstock.conf", "disable_symlinks on", "disable_symlinks off; #",
            says: "disable_symlinks is off", at: "location ^~ /_penstock_files/"),
        Break(
            "a file location that is not internal", in: "penstock.conf", internalLocation,
            "location ^~ /_penstock_files/ {", says: "is not internal", at: "location ^~ /_penstock_files/"),
        Break(
            "a blank identity param left out", in: "penstock-identity.conf", "fastcgi_param PENSTOCK_TENANT      \"\";",
            "",
            says: "no fastcgi_param PENSTOCK_TENANT", at: "location"),
        Break(
            "an identity param added to the blank one", in: "penstock-identity.conf",
            "fastcgi_param PENSTOCK_SUPERUSER   \"\";",
            "fastcgi_param PENSTOCK_SUPERUSER   \"\";\nfastcgi_param PENSTOCK_SUPERUSER true; # second",
            says: "PENSTOCK_SUPERUSER comes a second time", at: "# second"),
        Break(
            "an identity that the client chooses", in: "penstock-identity.conf",
            "fastcgi_param PENSTOCK_USER        \"\";", "fastcgi_param PENSTOCK_USER $http_x_user; # chosen",
            says: "which the client chooses", at: "# chosen", with: ["PENSTOCK_TRUST_GATEWAY": "true"]),
        Break(
            "an identity that is not believed", in: "penstock-identity.conf",
            "fastcgi_param PENSTOCK_USER        \"\";", "fastcgi_param PENSTOCK_USER $ssl_client_s_dn; # said",
            says: "set and not believed", at: "# said"),
        Break(
            "nobody to believe", in: "nginx.conf", "default_type application/octet-stream;", "default_type text/plain;",
            says: "passes no identity", at: "fastcgi_param PENSTOCK_USER", with: ["PENSTOCK_TRUST_GATEWAY": "true"]),
        Break(
            "nginx's own list of params beside ours", in: "penstock-fastcgi.conf",
            "fastcgi_param REMOTE_ADDR           $remote_addr;",
            "fastcgi_param REMOTE_ADDR           $remote_addr;\nfastcgi_param REMOTE_ADDR 127.0.0.1; # again",
            says: "REMOTE_ADDR comes a second time", at: "# again"),
        Break(
            "the request id left out", in: "penstock-fastcgi.conf", "fastcgi_param PENSTOCK_REQUEST_ID ",
            "fastcgi_param X ",
            says: "no fastcgi_param PENSTOCK_REQUEST_ID", at: "location"),
        Break(
            "events in a buffer", in: "penstock.conf", "fastcgi_buffering off;", "",
            says: "fastcgi_buffering is not off", at: "location = /report/exports/events"),
        Break(
            "events in a compressor", in: "penstock.conf",
            "gzip off;                                # a compressor", "gzip on; # a compressor",
            says: "gzip is on; events", at: "# a compressor"),
        Break(
            "the page elsewhere", in: "penstock.conf", "/www/\";", "/nowhere/\";",
            says: "holds no index.html", at: "/nowhere/"),
        Break(
            "bodies cut short", in: "penstock-fastcgi.conf", "client_max_body_size 1m;", "client_max_body_size 512k;",
            says: "client_max_body_size is 512k; Penstock reads 1048576 bytes here", at: "client_max_body_size"),
        Break(
            "lists of keys cut short", in: "penstock.conf",
            "location = /report/exports {\n        client_max_body_size 33m;",
            "location = /report/exports {\n        client_max_body_size 32m;",
            says: "client_max_body_size is 32m; Penstock reads 34603008 bytes here", at: "client_max_body_size 32m"),
        Break(
            "bodies passed on as they come", in: "penstock-fastcgi.conf", "fastcgi_request_buffering on;",
            "fastcgi_request_buffering off;", says: "a slow client would occupy a responder",
            at: "fastcgi_request_buffering off"),
        Break(
            "connections kept", in: "penstock-fastcgi.conf", "fastcgi_keep_conn off;", "fastcgi_keep_conn on;",
            says: "a kept connection would occupy a responder", at: "fastcgi_keep_conn on"),
        Break(
            "errors replaced", in: "penstock-fastcgi.conf", "fastcgi_intercept_errors off;",
            "fastcgi_intercept_errors on;", says: "Penstock's own errors would be replaced",
            at: "fastcgi_intercept_errors on"),
        Break(
            "redirects to files ignored", in: "penstock-fastcgi.conf", "fastcgi_keep_conn off;",
            "fastcgi_ignore_headers X-Accel-Redirect;", says: "no file would ever be sent", at: "fastcgi_ignore_headers"
        ),
        Break(
            "signatures in the log", in: "penstock.conf", "location ^~ /report/files/ {\n    access_log off;",
            "location ^~ /report/files/ {", says: "the secret in its address would be logged", at: "access_log \""),
        Break(
            "one address not limited", in: "penstock-limits.conf", "limit_req zone", "# limit_req zone",
            says: "a flood from one address would occupy the responders", at: "location"),
        Break(
            "transfers told elsewhere", in: "penstock-transfers.conf", "/audit.sock", "/nobody.sock",
            says: "access_log tells unix:", at: "nobody.sock"),
        Break(
            "transfers not told", in: "penstock-transfers.conf", "\naccess_log syslog", "\naccess_log off; # syslog",
            says: "nginx does not report transfers to the audit", at: "access_log off"),
        Break(
            "transfers told with the signature", in: "penstock-http.conf", "\"uri\":\"$uri\"",
            "\"uri\":\"$request_uri\"",
            says: "the signature of the request that led here would be logged", at: "access_log syslog"),
        Break(
            "files in nginx's own log", in: "penstock-transfers.conf", ",nohostname,tag=penstock penstock_transfer", "",
            says: "the signature of the request that led here would be logged", at: "access_log syslog"),
        Break(
            "errors at signed links in nginx's own log", in: "penstock-unlogged.conf", "\nerror_log", "\n# error_log",
            says: "is logged with the secret in its address", at: "error_log"),
        Break(
            "files elsewhere for the first download", in: "penstock.conf",
            "/storage/files/\";\n        mirror", "/storage/\";\n        mirror", says: "the finished files are in",
            at: "/storage/\";"),
        Break(
            "a location left out", in: "penstock.conf", "location = /api/v1/exports {", "location = /api/v1/exports2 {",
            says: "no location /api/v1/exports;", at: "server {"),
        Break(
            "what nginx itself refuses", in: "penstock.conf", "server_tokens off;", "server_tokens perhaps;",
            says: "nginx would not start: [emerg] invalid value \"perhaps\" in ", at: ""),
        Break(
            "an included file that is not there", in: "penstock-fastcgi.conf", "penstock-identity.conf\";",
            "penstock-nobody.conf\";", says: "penstock-nobody.conf\" failed (2: No such file", at: ""),
    ])
    func `one thing broken is found, with its file and line`(_ broken: Break) throws {
        let stage = try Stage.shared
        let folder = try Self.copy(stage, broken)
        let (status, messages) = try Self.findings(stage, folder, broken.settings)
        let found = messages.filter { $0.text.contains(broken.finding) }
        #expect(!found.isEmpty, "\(messages)")
        let isBad = found.contains { $0.grade == "bad" }
        #expect(status == (isBad ? 78 : 0) && messages.allSatisfy { isBad || $0.grade != "bad" }, "\(messages)")
        guard !broken.line.isEmpty else { return }
        for (_, text) in found {
            let parts = text.split(separator: ":", maxSplits: 2)
            let lines = String(decoding: try File.bytes(at: String(parts[0])), as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false)
            let number = try #require(Int(parts[1]))
            #expect(lines[number - 1].contains(broken.line), "\(text) → \(lines[number - 1])")
        }
    }

    @Test func `the nginx that a setting names is asked, and named`() throws {
        let stage = try Stage.shared
        let folder = try Self.copy(stage)
        let real = try #require(ProgramRun.find("nginx"))
        let other = "\(folder)/another-nginx"
        _ = try Shell.output(["tee", other], input: Array("#!/bin/sh\nexec \(real) \"$@\"\n".utf8))
        chmod(other, 0o755)
        let (status, messages) = try Self.findings(stage, folder, ["PENSTOCK_NGINX": other])
        #expect(status == 0 && messages.first?.text.contains("says \(other) 1.") == true, "\(messages)")
        let none = try Self.findings(stage, folder, ["PENSTOCK_NGINX": "/nowhere/nginx"])
        #expect(none.status == 78 && none.messages.first?.text.contains("PENSTOCK_NGINX is /nowhere/nginx") == true)
        // One that cannot read it is told of with its path and version, and how to ask another.
        let broken = Break("", in: "nginx.conf", "listen ", "listen 127.0.0.1:1 quicc; listen ", says: "", at: "")
        let bad = try Self.findings(stage, try Self.copy(stage, broken))
        let says = #/invalid parameter "quicc".*says .*nginx [0-9.]+; if another nginx runs here, set PENSTOCK_NGINX/#
        #expect(bad.status == 78 && bad.messages.contains { $0.text.contains(says) }, "\(bad.messages)")
    }

    /// A file that this user may not write to: of another mode, or for root one of sysfs without a writer (kernfs
    /// refuses it to everybody).
    private static func forbidden() -> String? {
        let own = "\(TestRun.folder)/forbidden-\(UInt32.random(in: 0 ... .max))"
        close(open(own, O_CREAT | O_WRONLY, 0))
        return [own, "/sys/kernel/notes", "/sys/kernel/uevent_seqnum"].first {
            let descriptor = open($0, O_WRONLY | O_APPEND)
            if descriptor >= 0 { close(descriptor) }
            return descriptor < 0 && (errno == EACCES || errno == EPERM)
        }
    }

    @Test(.enabled("every file can be written by this user") { forbidden() != nil })
    func `what nginx may not open as this user is read without it, and that is said`() throws {
        let stage = try Stage.shared
        let log = try #require(Self.forbidden())
        let shut = Break("", in: "nginx.conf", "pid nginx.pid;", "pid nginx.pid; error_log \(log);", says: "", at: "")
        let folder = try Self.copy(stage, shut)
        let (status, messages) = try Self.findings(stage, folder)
        #expect(status == 0 && messages.map(\.grade) == ["warning", "good"], "\(messages)")
        #expect(messages.first?.text.contains("nginx -T may not run as this user") == true, "\(messages)")
        // What is read without nginx is judged all the same.
        _ = try Shell.output(["sed", "-i", "s/^    internal;.*//", "\(folder)/penstock.conf"])
        let worse = try Self.findings(stage, folder)
        #expect(
            worse.status == 78 && worse.messages.contains { $0.text.contains("is not internal") }, "\(worse.messages)")
    }
}
