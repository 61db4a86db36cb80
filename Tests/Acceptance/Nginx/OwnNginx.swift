import Glibc
import Posix
import Support

/// An nginx of a test's own, with one server block, on a free port.
final class OwnNginx {
    let port: UInt16
    private let launched: Launched

    /// - Parameters:
    ///   - user: of its workers, where the tests run as root.
    ///   - http: directives of the http block.
    ///   - block: those of the server block, given the port.
    /// - Throws: `Unmet` when it does not start.
    init(user: String = "root", http: String = "", _ block: (UInt16) -> String) throws {
        let folder = "\(TestRun.folder)/nginx-\(UInt32.random(in: 0 ... .max))"
        try File.makeFolders("\(folder)/temp")
        var started: (UInt16, Launched)?
        for _ in 0..<20 where started == nil {
            let port = UInt16.random(in: 20_000..<32_000)
            let text = """
                \(getuid() == 0 ? "user \(user);" : "")
                daemon off; pid \(folder)/pid; error_log \(folder)/error.log;
                events {}
                http {
                    access_log off;
                    client_body_temp_path \(folder)/temp; proxy_temp_path \(folder)/temp; fastcgi_temp_path \(folder)/temp;
                    uwsgi_temp_path \(folder)/temp; scgi_temp_path \(folder)/temp;
                    \(http)
                    server { listen 127.0.0.1:\(port); \(block(port)) }
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
        guard let started else { throw Unmet("nginx does not start: \(folder)") }
        (port, launched) = started
    }

    deinit {
        kill(launched.pid, SIGTERM)
        _ = launched.wait(within: 10)
    }
}
