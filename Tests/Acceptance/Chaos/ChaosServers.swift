import Glibc
import Posix
import Support

/// The PostgreSQL of the queue as two servers: a primary, and a standby that has each commit before it is answered and
/// takes the primary's place at a failover.
final class ChaosServers {
    private let servers: [PostgresServer]
    private var first = 0
    private(set) var failovers = 0

    var primary: PostgresServer { servers[first] }
    private var standby: PostgresServer { servers[1 - first] }

    /// Where each of them listens.
    var sockets: [String] { servers.map(\.socket) }
    var ports: [String] { servers.map(\.port) }

    /// Both begin with what the stage's own server has.
    init(copying stage: Stage) throws {
        servers = try ["5441", "5442"].map {
            try PostgresServer(beside: stage, port: $0, ["wal_retrieve_retry_interval=100ms"])
        }
        try primary.copy(asStandby: false)
        try primary.start()
        try addStandby()
    }

    /// Makes the second server anew from the first. From then on each commit waits for it.
    private func addStandby() throws {
        standby.stop(SIGQUIT)
        try standby.copy(from: primary, asStandby: true)
        try standby.start()
        try primary.rows("alter system set synchronous_standby_names = '*'")
        try primary.rows("select pg_reload_conf()")
        guard eventually(within: 30, { isReplicating }) else { throw Unmet("the standby does not follow") }
    }

    private var isReplicating: Bool {
        (try? primary.rows("select 1 from pg_stat_replication where sync_state = 'sync' and state = 'streaming'"))?
            .count == 1
    }

    /// - Parameter signal: INT ends its sessions with a word, QUIT like a power cut.
    func restart(_ signal: Int32) throws {
        primary.stop(signal)
        try primary.start()
    }

    /// The primary ends, the standby takes its place, and a new standby is made in the place of the primary. No commit
    /// that was answered is lost.
    func failOver(_ signal: Int32) throws {
        guard eventually(within: 30, { isReplicating }) else { throw Unmet("the standby does not follow") }
        primary.stop(signal)
        try standby.rows("select pg_promote(true, 30)")
        first = 1 - first
        failovers += 1
        try addStandby()
    }

    /// A session of the service's in the primary, chosen by chance.
    func backend(_ random: inout SplitMix64) -> pid_t? {
        (try? primary.rows("select pid from pg_stat_activity where application_name like 'penstock%'"))?
            .randomElement(using: &random)?[0].flatMap { pid_t($0) }
    }

    /// After a session was killed, the server ends all others and recovers.
    func awaitRecovery() throws {
        guard eventually(within: 30, { (try? primary.rows("select 1")) != nil }) else {
            throw Unmet("the primary does not come back")
        }
    }

    func stop() {
        for server in servers { server.stop(SIGQUIT) }
    }
}
