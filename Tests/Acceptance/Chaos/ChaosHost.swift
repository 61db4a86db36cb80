import Glibc
import Posix
import Support

/// One of several services on one database and one folder, behind an nginx of its own. Its way to the databases can be
/// cut, and whatever ends it, it is started again, as an init system does.
final class ChaosHost {
    let name: String
    let client: Client
    private(set) var supervisor: pid_t = .max
    private var service: Launched?
    private let settings: [String: String]
    private let nginx: OwnNginx
    private let links: [Proxy]
    private let folder: String

    init(_ name: String, _ faults: FaultStage, _ servers: ChaosServers) throws {
        let stage = faults.stage
        let place = "\(TestRun.folder)/host-\(name)-\(Random.integer() % 1_000_000)"
        try File.makeFolders(place)
        let source = try stage.value("select current_setting('unix_socket_directories')", on: .sourceOwner) ?? ""
        let ends =
            Array(zip(servers.ports, servers.sockets)) + [("5432", "\(source.replacing("\"", with: ""))/.s.PGSQL.5432")]
        links = try ends.map { port, socket in try Proxy("\(place)/.s.PGSQL.\(port)", to: socket) }
        // Of the queue's two servers the one that takes changes. The name tells whose session has made a change.
        let queue = """
            host=\(place),\(place)&port=\(servers.ports.joined(separator: ","))&target_session_attrs=read-write\
            &options=-c%20chaos.host%3D\(name)
            """
        let own = faults.settings.merging([
            "PENSTOCK_SOCKET": "\(place)/penstock.sock",
            "PENSTOCK_DATABASE_URL": "\(stage["DATABASE_URL"].prefix { $0 != "?" })?\(queue)",
            "PENSTOCK_SOURCE_URL": "\(stage["SOURCE_URL"].prefix { $0 != "?" })?host=\(place)",
        ]) { $1 }
        func printed(_ arguments: String...) throws -> String {
            let bytes = try Shell.output([TestRun.program, "nginx"] + arguments, environment: own)
            return String(decoding: bytes, as: UTF8.self)
        }
        let http = try printed("--http")
        let locations = try printed("--transfers", "--no-limits", "--page", "\(TestRun.source)/nginx/www")
        nginx = try OwnNginx(http: http) { _ in locations }
        client = Client(port: nginx.port, credential: .bearer(stage["TOKEN"]))
        (self.name, settings, folder) = (name, own, place)
        try start()
    }

    deinit {
        for link in links { link.set(.up) }
        if let service {
            kill(service.pid, SIGKILL)
            _ = service.wait(within: 10)
        }
        for link in links { link.stop() }
    }

    func start() throws {
        let log = try FileDescriptor.open("\(folder)/log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let null = try FileDescriptor.open("/dev/null", O_RDWR)
        let launched = try Launched(
            ["setpriv", "--pdeathsig", "KILL", "--", TestRun.program, "serve"],
            environment: plainEnvironment().merging(settings) { $1 }, descriptors: (null.raw, log.raw, log.raw))
        service = launched
        supervisor = launched.pid
    }

    /// Whether the service has ended; true until it is started again.
    func hasEnded() -> Bool {
        guard let service else { return true }
        guard service.ended() != nil else { return false }
        self.service = nil
        supervisor = .max
        return true
    }

    /// Tells it to finish what it has begun, once it takes signals: it may have been started a moment ago.
    /// - Returns: how it ended.
    func drain() -> ChildExit.How? {
        guard let service, eventually(answers) else { return nil }
        kill(service.pid, SIGTERM)
        self.service = nil
        return service.wait(within: 60)
    }

    func set(_ link: Proxy.Link) { for proxy in links { proxy.set(link) } }

    /// The processes of a kind now.
    func processes(_ kind: ChaosPlan.Kind) -> [pid_t] {
        let dispatchers = { Process.named("dispatcher", under: self.supervisor) }
        let exports = { dispatchers().flatMap { Process.named("export", under: $0) } }
        switch kind {
        case .supervisor: return service == nil ? [] : [supervisor]
        case .export: return exports()
        case .part: return exports().flatMap { Process.named("part", under: $0) }
        case .backend: return []
        default: return Process.named(kind.rawValue, under: supervisor)
        }
    }

    func answers() -> Bool { (try? client.begin("GET", "/report/exports?limit=1").reply().status) == 200 }

    /// Runs a command of the program with this host's settings.
    func penstock(_ arguments: String...) throws -> Shell.Outcome {
        try Shell.run([TestRun.program] + arguments, environment: settings)
    }

    var log: ServiceLog { ServiceLog((try? File.bytes(at: "\(folder)/log", limit: 1 << 30)) ?? []) }
}
