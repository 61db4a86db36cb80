import Catalog
import Configuration
import JSON
import Jobs
import Posix
import Postgres
import Schedules

/// Waits until a schedule is due and makes its export.
///
///     wait (socket, signals, the next due time) → fire the due schedules, one transaction each → wait
///
/// This process keeps nothing between two rounds: which schedules are due, since when and whether another scheduler has
/// them is in the table. So any number of schedulers may run, and one that dies leaves nothing half done.
final class Scheduler {
    private let configuration: Configuration
    private let catalogs: CatalogSet
    private let loop: ServiceLoop
    private var link: QueueLink
    private var firing: (connection: Connection, firing: ScheduleFiring)?

    /// A changed schedule notifies; this poll finds changes whose notification was lost, a clock that was set, and a
    /// server that does not answer any more.
    private static let pollMilliseconds: Int64 = 10_000
    /// After so many milliseconds a schedule that another scheduler holds, or that could not be fired, is looked at
    /// again.
    private static let pauseMilliseconds: Int64 = 500

    init(_ loop: ServiceLoop, _ configuration: Configuration, catalogs: CatalogSet) throws {
        self.configuration = configuration
        self.catalogs = catalogs
        self.loop = loop
        link = QueueLink(configuration.databaseURL, applicationName: "penstock scheduler", loop.heartbeat) { queue in
            try queue.listen(to: "penstock_schedules")
        }
    }

    func run() throws {
        while true {
            let wait = round()
            _ = try loop.wait(queue: link, until: Clock.monotonicMilliseconds + wait)
            if loop.phase != .working { return }
        }
    }

    /// Fires the due schedules.
    /// - Returns: milliseconds until the next one may be due.
    private func round() -> Int64 {
        var wait = Self.pollMilliseconds
        let answer = link.attempt { queue in
            _ = try queue.connection.notifications()
            let firing = firing(on: queue.connection)
            while let due = try firing.millisecondsUntilNext() {
                wait = min(wait, due)
                guard due <= 0 else { break }
                loop.heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
                guard let outcome = try firing.fireOne() else {
                    wait = Self.pauseMilliseconds
                    break
                }
                log(outcome)
                if loop.isSignalled { break }
            }
            // One that came together with the answer to a statement does not make the socket readable any more.
            if try !queue.connection.notifications().isEmpty { wait = 0 }
        }
        switch answer {
        case .done: return max(0, wait)
        case .later: return max(Self.pauseMilliseconds, link.retryAt - Clock.monotonicMilliseconds)
        case .refused: return Self.pauseMilliseconds
        }
    }

    /// The firing of this connection; with a new connection a new one, since statements are prepared on the old.
    private func firing(on connection: Connection) -> ScheduleFiring {
        if let firing, firing.connection === connection { return firing.firing }
        let made = ScheduleFiring(
            ScheduleTable(connection), catalogs: catalogs,
            limits: JobLimits(queued: configuration.tenantQueued, stored: configuration.tenantStoredBytes),
            attempts: configuration.maxAttempts, ownerDays: configuration.scheduleOwnerDays)
        firing = (connection, made)
        return made
    }

    private func log(_ outcome: ScheduleFiring.Outcome) {
        switch outcome {
        case .fired(let job, let schedule):
            Log.info(
                "schedule fired", ("schedule", .string(schedule.description)), ("job", .string(job.description)))
        case .passed(let schedule, let reason):
            Log.warning(
                "schedule passed over", ("schedule", .string(schedule.description)), ("reason", .string(reason)))
        case .paused(let schedule, let reason):
            Log.warning("schedule paused", ("schedule", .string(schedule.description)), ("reason", .string(reason)))
        case .postponed(let schedule):
            Log.warning("schedule postponed, no room", ("schedule", .string(schedule.description)))
        case .refused(let schedule, let error):
            Log.error(
                "schedule refused by the database, tried again later", ("schedule", .string(schedule.description)),
                ("error", .string(error.debugDescription)))
        }
    }
}
