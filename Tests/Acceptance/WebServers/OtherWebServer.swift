import Glibc
import Posix
import Support

/// A web server other than nginx before a stage's Penstock, on a free port, by its configuration in
/// docs/web-servers.md.
final class OtherWebServer {
    enum Kind: String, CaseIterable, Sendable {
        case apache, lighttpd, caddy

        var program: String {
            "\(Self.folder)/usr/\(self == .caddy ? "bin/caddy" : self == .apache ? "sbin/apache2" : "sbin/lighttpd")"
        }

        /// Whether it can be tried on this host.
        var isThere: Bool { access(program, X_OK) == 0 }

        /// Where this distribution's were unpacked; empty when they cannot be had.
        fileprivate static let folder: String = {
            let printed = try? Shell.output(["\(TestRun.source)/Tests/WebServers/environment"])
            return String(decoding: printed ?? [], as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
        }()

        /// Their libraries that this host has not got.
        fileprivate static var libraries: String {
            ["usr/lib", "lib"].flatMap { part in
                ["x86_64", "aarch64"].map { "\(folder)/\(part)/\($0)-linux-gnu" }
            }.joined(separator: ":")
        }
    }

    let port: UInt16
    private let launched: Launched
    private let folder: String

    var log: String { String(decoding: (try? File.bytes(at: "\(folder)/log")) ?? [], as: UTF8.self) }

    /// - Throws: `Unmet` when it does not start.
    init(_ kind: Kind, before stage: Stage) throws {
        let folder = "\(TestRun.folder)/\(kind.rawValue)-\(UInt32.random(in: 0 ... .max))"
        try File.makeFolders("\(folder)/empty")
        let block = try Self.documented(kind, stage, empty: "\(folder)/empty")
        var started: (UInt16, Launched)?
        for _ in 0..<20 where started == nil {
            let port = UInt16.random(in: 20_000..<32_000)
            let text = Self.frame(kind, around: block, port, folder)
            _ = try Shell.output(["tee", "\(folder)/conf"], input: Array(text.utf8))
            let null = try FileDescriptor.open("/dev/null", O_RDWR)
            let log = try FileDescriptor.open("\(folder)/log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
            let launched = try Launched(
                ["setpriv", "--pdeathsig", "TERM", "--"] + Self.command(kind, "\(folder)/conf"),
                environment: plainEnvironment().merging([
                    "HOME": folder, "LD_LIBRARY_PATH": Kind.libraries,
                ]) { $1 },
                descriptors: (null.raw, log.raw, log.raw))
            let client = Client(port: port)
            let up = eventually(within: 20) {
                launched.ended() != nil || (try? client.get("/report/exports"))?.status == 401
            }
            if up, launched.ended() == nil { started = (port, launched) }
        }
        guard let started else {
            let log = (try? File.bytes(at: "\(folder)/log")) ?? []
            throw Unmet("\(kind.rawValue) does not start: \(String(decoding: log.suffix(1500), as: UTF8.self))")
        }
        (port, launched) = started
        self.folder = folder
    }

    func stop() {
        kill(launched.pid, SIGTERM)
        _ = launched.wait(within: 10)
    }

    /// The block of the documents, with a stage's paths.
    private static func documented(_ kind: Kind, _ stage: Stage, empty: String) throws -> String {
        let document = String(decoding: try File.bytes(at: "\(TestRun.source)/docs/web-servers.md"), as: UTF8.self)
        guard let begin = document.firstRange(of: "```\(kind.rawValue)\n"),
            let end = document[begin.upperBound...].firstRange(of: "\n```")
        else { throw Unmet("docs/web-servers.md has no block for \(kind.rawValue)") }
        return String(document[begin.upperBound..<end.lowerBound])
            .replacing("/run/penstock/penstock.sock", with: stage.settings["PENSTOCK_SOCKET"] ?? "")
            .replacing("/var/lib/penstock/files", with: "\(stage.state)/storage/files")
            .replacing("/usr/share/penstock/www", with: "\(TestRun.source)/nginx/www")
            .replacing("/var/empty", with: empty)
    }

    private static func frame(_ kind: Kind, around block: String, _ port: UInt16, _ folder: String) -> String {
        switch kind {
        case .apache:
            let modules = [
                "mpm_event", "authz_core", "proxy", "proxy_fcgi", "xsendfile", "headers", "unique_id", "setenvif",
                "alias", "dir", "mime",
            ]
            return """
                ServerRoot \(folder)
                DefaultRuntimeDir \(folder)
                PidFile \(folder)/pid
                ErrorLog \(folder)/log
                ServerName localhost
                Listen 127.0.0.1:\(port)
                \(modules.map { "LoadModule \($0)_module \(Kind.folder)/usr/lib/apache2/modules/mod_\($0).so" }.joined(separator: "\n"))
                TypesConfig \(Kind.folder)/etc/mime.types
                \(block)
                """
        case .lighttpd:
            return """
                server.port = \(port)
                server.bind = "127.0.0.1"
                server.document-root = "\(folder)/empty"
                server.upload-dirs = ( "\(folder)" )
                server.errorlog = "\(folder)/log"
                server.modules = ( "mod_accesslog" )
                mimetype.assign = ( ".js" => "text/javascript", ".css" => "text/css", ".html" => "text/html" )
                \(block)
                """
        case .caddy: return "{\nadmin off\nauto_https off\n}\nhttp://127.0.0.1:\(port) {\n\(block)\n}\n"
        }
    }

    private static func command(_ kind: Kind, _ path: String) -> [String] {
        switch kind {
        case .apache:
            // It refuses to stay root; so it thinks that it is somebody else, who may read what root may.
            let other = getuid() == 0 ? ["unshare", "--user", "--map-user=33", "--map-group=33", "--"] : []
            return other + [kind.program, "-f", path, "-D", "FOREGROUND"]
        case .lighttpd: return [kind.program, "-D", "-m", "\(Kind.folder)/usr/lib/lighttpd", "-f", path]
        case .caddy: return [kind.program, "run", "--config", path, "--adapter", "caddyfile"]
        }
    }
}
