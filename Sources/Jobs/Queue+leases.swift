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

/// The life of dispatchers.
extension Queue {
    /// The dispatcher is alive for another lease's time.
    package func renewLease(of worker: Worker) throws {
        try connection.query(
            """
            select renew_lease(\(bind: worker.id), host => \(bind: worker.host), \
            kernel => \(bind: worker.identity?.kernel), process => \(bind: worker.identity?.process), \
            version => \(bind: worker.version), workers => \(bind: worker.workers.map { "\($0)" }))
            """, "renew lease", preparing: true)
    }

    /// The dispatcher is not alive any more.
    package func endLease(of worker: Int64) throws {
        try connection.query("select end_lease(\(bind: worker))", "end lease")
    }

    /// The hosts that live, or have within the last hour.
    package func hosts() throws -> [HostSight] {
        try connection.query(
            "select host, version, workers, running, started_at, renewed_at, is_alive from list_hosts()", "list hosts"
        ).all.map(HostSight.init)
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
