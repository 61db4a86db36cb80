import API
import Configuration
import Posix
import Service
import Synchronization

/// The service's HTTP side in this process, over a database of its own; nothing makes the exports that are asked for.
package final class InProcessService: ServiceUnderTest {
    package let variables: [String: String]
    package let settings: [String: String]
    package let state: String
    private let jobs: TemplateDatabase
    /// Used by one thread at a time.
    let router: Mutex<Router>

    package static var shared: InProcessService {
        get throws { try sharedResult.get() }
    }

    private static let sharedResult = Result { try InProcessService() }

    /// - Parameter settings: `PENSTOCK_…`, besides those that every service needs.
    package init(_ settings: [String: String] = [:]) throws {
        let surroundings = try TemplateDatabase.surroundings
        jobs = try TemplateDatabase(.jobs)
        state = surroundings.state
        variables = surroundings.variables
        let name = "\(TestRun.folder)/in-process-\(Random.integer() % 1_000_000_000)"
        try File.makeFolders("\(name)/storage/files")
        let all = [
            "PENSTOCK_DATABASE_URL": jobs.url, "PENSTOCK_SOURCE_URL": try TemplateDatabase.sharedSource.url,
            "PENSTOCK_CATALOGS": "\(TestRun.source)/sql/demo/catalogs", "PENSTOCK_STORAGE": "\(name)/storage",
            "PENSTOCK_SIGNING_KEYS": "\(state)/keys/signing-keys", "PENSTOCK_JWKS": "\(state)/keys/jwks.json",
            "PENSTOCK_PUBLIC_URL": "http://127.0.0.1", "PENSTOCK_LOGIN_FAILURES": "100000",
            "PENSTOCK_RATE_PER_MINUTE": "0", "PENSTOCK_REFUSALS_PER_MINUTE": "200000",
        ].merging(settings) { $1 }
        self.settings = all
        let text = all.map { "\($0): '\($1)'\n" }.joined()
        _ = try Shell.output(["tee", "\(name)/penstock.yaml"], input: Array(text.utf8))
        let configuration = try Configuration(try SettingValues(file: "\(name)/penstock.yaml"))
        let files = try ServiceFiles(configuration)
        let router = try Router(
            configuration, catalogs: files.catalogs, keys: files.keys, jwks: files.jwks,
            waitingRoom: WaitingRoom(enter: { true }, leave: {}, mayStay: { true }),
            storageGate: StorageGate(enter: { _ in .enter }, leave: {}),
            previews: SharedRoom(enter: { true }, leave: {}), passwords: SharedRoom(enter: { true }, leave: {}),
            limits: RequestLimits(
                try SharedRates(keys: 1024), secret: (0..<32).map { _ in UInt8.random(in: 0...255) },
                perMinute: configuration.ratePerMinute, loginFailures: configuration.loginFailures,
                refusals: configuration.refusalsPerMinute),
            workers: nil, operations: Operations(try RequestMetrics([]), writeHost: { _ in }),
            log: RequestLog { _, _ in }
        )
        self.router = Mutex(router)
    }

    package func api(_ credential: Credential) -> any APIClient {
        InProcessClient(service: self, credential: credential)
    }

    package func jobsValue(_ sql: String) throws -> String? {
        try jobs.rows(sql).first?.first ?? nil
    }
}
