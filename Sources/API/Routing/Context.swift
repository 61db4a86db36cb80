import Catalog
import Configuration
import HTTP
import Jobs
import Posix
import Storage

/// The values that a responder has for all its requests, from its start to its end.
final class Context {
    let configuration: Configuration
    let catalogs: CatalogSet
    let backends: Backends
    let storage: any FileStore
    let links: Links
    let sealer: TokenSealer
    let delivery: Delivery
    let waitingRoom: WaitingRoom
    let storageGate: StorageGate
    let previews: SharedRoom
    let limits: RequestLimits
    let operations: Operations
    /// Answers to `GET /report/exports/:id`.
    var watchedJobs = VersionMemory<Response>()
    /// The OpenAPI document, made at the first request for it.
    private(set) lazy var description = Result { try makeDescription() }
    private let makeDescription: () throws -> Response

    init(
        _ configuration: Configuration, catalogs: CatalogSet, keys: KeyRing, waitingRoom: WaitingRoom,
        storageGate: StorageGate, previews: SharedRoom, limits: RequestLimits, workers: NginxWorkers?,
        operations: Operations, describe: @escaping () throws -> Response
    ) throws {
        self.configuration = configuration
        self.catalogs = catalogs
        self.waitingRoom = waitingRoom
        self.storageGate = storageGate
        self.previews = previews
        self.limits = limits
        self.operations = operations
        backends = Backends(configuration)
        storage = try configuration.openedStorage(patience: 2_000)
        links = Links(LinkSigner(keys), publicURL: configuration.publicURL, seconds: configuration.linkSeconds)
        sealer = TokenSealer(keys)
        delivery = Delivery(
            storage: storage, gate: storageGate, workers: workers, sendFile: configuration.sendFile)
        makeDescription = describe
    }
}
