import Jobs
import Posix
import Postgres

/// The way of one process to its connection to the queue: when a connection is tried, and by whom.
///
///     away ──retryAt──▶ connecting ────────────────────────────────▶ connected
///      ▲ │                  │ no: the pause grows                        ▲
///      │ └──retryAt──▶ a child connects first, this process goes on ─yes─┘
///      └──────────────────────┴ no: the pause grows
///
/// libpq's connecting blocks, for up to ten seconds an address where a server is silent. So once something has taken
/// long, a child tries first, and the process is never deaf twice for one outage.
final class Reconnection {
    enum Caution {
        /// A process that has threads, and so cannot fork.
        case neverProbes
        /// A child tries first after something has taken long.
        case probesAfterSilence
        /// For a process that may not wait at all.
        case alwaysProbes
    }

    enum Step {
        case connected(Queue)
        /// It is not time yet, or the child has not come back.
        case notYet
        case failed(String)
    }

    private let conninfo: String
    private let applicationName: String
    private let caution: Caution
    private let heartbeat: Heartbeat
    private var timer: RetryTimer
    private var probe: ConnectionProbe?
    private var wasSilent = false

    /// Failures that took longer were the silence of a server, and not its refusal.
    private static let silenceMilliseconds: Int64 = 1_000
    /// A probe that is under way wakes its process; nothing depends on this.
    private static let probeMilliseconds: Int64 = 60_000

    init(_ conninfo: String, applicationName: String, pauses: Backoff, caution: Caution, _ heartbeat: Heartbeat) {
        self.conninfo = conninfo
        self.applicationName = applicationName
        self.caution = caution
        self.heartbeat = heartbeat
        timer = RetryTimer(pauses)
    }

    var failures: Int { timer.failures }

    /// Monotonic milliseconds before which nothing is to be tried.
    var retryAt: Int64 { probe == nil ? timer.retryAt : Clock.monotonicMilliseconds + Self.probeMilliseconds }

    /// Becomes readable when a probe has come to its end; -1 while there is no probe.
    var descriptor: Int32 { probe?.pipe ?? -1 }

    /// Does the next thing that is due.
    func step() -> Step {
        let now = Clock.monotonicMilliseconds
        if let probe {
            switch probe.verdict() {
            case .undecided: return .notYet
            case .failed(let reason):
                self.probe = nil
                failed(since: probe.startedAt)
                return .failed(reason)
            case .reachable: self.probe = nil
            }
        } else {
            guard now >= timer.retryAt else { return .notYet }
            if caution == .alwaysProbes || caution == .probesAfterSilence && wasSilent { return startProbe() }
        }
        do {
            return .connected(
                try heartbeat.allowing(Heartbeat.connectMilliseconds) { () throws(PostgresError) in
                    try Queue.connectToOwnSchema(conninfo, applicationName: applicationName)
                })
        } catch {
            failed(since: now)
            return .failed(String(reflecting: error))
        }
    }

    private func startProbe() -> Step {
        do {
            probe = try ConnectionProbe(conninfo, applicationName: applicationName)
            return .notYet
        } catch {
            failed(since: Clock.monotonicMilliseconds)
            return .failed(error.debugDescription)
        }
    }

    /// The connection, or an attempt to connect, has failed: the next attempt comes after a pause.
    /// - Parameter start: monotonic milliseconds at which that connection or attempt began.
    func failed(since start: Int64) {
        let now = Clock.monotonicMilliseconds
        // A child that was refused at once says that the server answers again: the next try needs no child.
        wasSilent = now - start >= Self.silenceMilliseconds
        timer.failed(at: now)
    }

    /// The connection has answered a statement; a connection alone proves nothing.
    func succeeded() {
        timer.succeeded()
        wasSilent = false
    }
}
