import Posix
import Postgres
import SQLText

/// A dispatcher, as the queue knows it.
package struct Worker: Sendable {
    /// Drawn at random when it starts.
    package let id: Int64
    /// The host's name, for operators.
    let host: String
    /// nil where the kernel does not tell; then only its lease says whether it is alive.
    let identity: ProcessIdentity?
    /// For operators: the release, and how many exports it makes at the same time; nil where nobody asks.
    let version: String?
    let workers: Int?

    package init(
        id: Int64, host: String = Host.name, identity: ProcessIdentity? = .own, version: String? = nil,
        workers: Int? = nil
    ) {
        self.id = id
        self.host = host
        self.identity = identity
        self.version = version
        self.workers = workers
    }
}

/// What the queue says to a dispatcher that renews its lease.
package struct LeaseAnswer: Equatable, Sendable {
    /// Whether its host takes no more jobs.
    package let isDraining: Bool
    /// The workers of all dispatchers that live and take jobs.
    package let fleet: Int

    package init(isDraining: Bool, fleet: Int) {
        self.isDraining = isDraining
        self.fleet = fleet
    }
}

/// The life of dispatchers.
extension Queue {
    /// The dispatcher is alive for another lease's time.
    @discardableResult
    package func renewLease(of worker: Worker) throws -> LeaseAnswer {
        let row = try connection.query(
            """
            select is_draining, fleet from renew_lease(\(bind: worker.id), host => \(bind: worker.host), \
            kernel => \(bind: worker.identity?.kernel), process => \(bind: worker.identity?.process), \
            version => \(bind: worker.version), workers => \(bind: worker.workers.map { "\($0)" }))
            """, "renew lease", preparing: true
        ).first
        return LeaseAnswer(
            isDraining: row?.boolean("is_draining") ?? false, fleet: Int(clamping: row?.integer("fleet") ?? 0))
    }

    /// The dispatcher is not alive any more.
    package func endLease(of worker: Int64) throws {
        try connection.query("select end_lease(\(bind: worker))", "end lease")
    }

    /// The hosts that live, or have within the last hour.
    package func hosts() throws -> [HostSight] {
        try connection.query(
            """
            select host, version, workers, running, started_at, renewed_at, is_alive, is_draining, is_drained
            from list_hosts()
            """, "list hosts"
        ).all.map(HostSight.init)
    }

    /// A host takes no more jobs.
    /// - Returns: false when no dispatcher of the host has lived within the last hour; then nothing is changed.
    package func drain(host: String) throws -> Bool {
        try connection.query("select drain_host(\(bind: host)) as is_known", "drain host").first?.boolean("is_known")
            ?? false
    }

    /// A host takes jobs again.
    /// - Returns: false when it did before.
    package func resume(host: String) throws -> Bool {
        try connection.query("select resume_host(\(bind: host)) as was_draining", "resume host").first?.boolean(
            "was_draining") ?? false
    }

    /// The dispatchers that run beside this one, and their processes.
    package func neighbours(of worker: Worker) throws -> [(worker: Int64, process: String)] {
        guard let kernel = worker.identity?.kernel else { return [] }
        return try connection.query(
            "select worker_id, process from list_neighbours(\(bind: worker.id), \(bind: kernel))", "list neighbours",
            preparing: true
        ).all.compactMap { row in
            guard let id = row.integer("worker_id"), let process = row.string("process") else { return nil }
            return (id, process)
        }
    }
}
