import Glibc
import Posix

/// A private PostgreSQL, nginx and Penstock with the demo data, started by `sql/demo/stage` on a free port. Those of
/// `PENSTOCK_TEST_POSTGRES` and `PENSTOCK_TEST_NGINX`, when the tests are run with these (docs/versions.md).
package final class Stage: ServiceUnderTest {
    private let process: StageProcess
    package let port: UInt16

    /// What `demo.env` says.
    package var variables: [String: String] { process.variables }
    /// The stage's state folder: keys/, log/, storage/, run/ …
    package var state: String { process.state }

    /// The stage of all tests that leave it as it was: started by the first that asks, stopped when the tests end. An
    /// export of all its 220,000 orders takes long enough to be watched.
    package static var shared: Stage {
        get throws { try sharedResult.get() }
    }

    private static let sharedResult = Result { try Stage(["DEMO_ROWS": "220000"]) }

    /// Starts one and waits until everything answers.
    /// - Parameters:
    ///   - environment: settings of the stage and of Penstock (`PENSTOCK_…`). `DEMO_ROWS` is 2,000 unless a test's
    ///     point needs more: "60000" for exports that are met while they run, "220000" is the demo's own number.
    ///   - seconds: the time it may take; the first of a run makes the demo data.
    package init(_ environment: [String: String] = [:], within seconds: Double = 120) throws {
        process = try StageProcess(
            environment: try ObjectStoreProgram.replacingFolder(in: environment), within: seconds)
        port = process.variables["PENSTOCK_URL"]?.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        TestRun.add(process)
        // The script waits for an answer, which the first responder gives before the supervisor has forked the others.
        let kinds = ["responder", "dispatcher", "housekeeper", "scheduler", "webhooks", "events"]
        guard eventually({ kinds.allSatisfy { !children(named: $0).isEmpty } }) else {
            throw Unmet("the service answers, and some of its processes are missing")
        }
    }

    deinit { stop() }

    /// Stops everything and removes the folder; a second call does nothing.
    package func stop() { process.stop() }
}

// What tests ask a stage for.
extension Stage {
    /// The supervisor. Never 0 or less, which kill(2) would take for whole groups of processes.
    package var pid: pid_t { pid_t(self["PID"]) ?? .max }

    /// Speaks as the demo's user with both permissions.
    package var client: Client { client(.bearer(self["TOKEN"])) }

    package func client(_ credential: Credential) -> Client { Client(port: port, credential: credential) }

    package func api(_ credential: Credential) -> any APIClient { client(credential) }

    package func jobsValue(_ sql: String) throws -> String? { try value(sql) }

    /// What the service has logged.
    package var log: ServiceLog {
        get throws { ServiceLog(try File.bytes(at: "\(state)/log/penstock.log", limit: 1 << 30)) }
    }

    /// The `PENSTOCK_…` settings that the stage's own processes have.
    package var settings: [String: String] {
        let bytes = (try? File.bytes(at: "\(state)/service.env")) ?? []
        return StageProcess.assignments(String(decoding: bytes, as: UTF8.self))
    }

    /// Ends the housekeeper, instead of waiting for its next round: the one that takes its place begins with all of
    /// it.
    package func keepHouse() {
        for housekeeper in children(named: "housekeeper") { kill(housekeeper, SIGKILL) }
    }

    /// Tells the service to read its files again, and waits until `known` holds and no process of before is left:
    /// until then an old responder may answer any call.
    ///
    /// - Throws: `Unmet` when the reload does not come to an end; what `known` throws.
    package func reload(_ supervisor: pid_t? = nil, until known: () throws -> Bool) throws {
        let supervisor = supervisor ?? pid
        let before = Set(children(of: supervisor))
        kill(supervisor, SIGHUP)
        guard try eventually(known) else { throw Unmet("the reload has not brought what is waited for") }
        let settled = eventually {
            // Not as many as before: some may have been about to be forked, or just replaced.
            before.isDisjoint(with: children(of: supervisor))
                && ["responder", "dispatcher"].allSatisfy { !children(named: $0, of: supervisor).isEmpty }
        }
        guard settled else { throw Unmet("processes from before the reload have stayed") }
    }

    /// Process ids of the supervisor's children of a kind (what ps shows: "responder", "dispatcher", …).
    package func children(named name: String, of parent: pid_t? = nil) -> [pid_t] {
        children(of: parent ?? pid).filter { child in
            let comm = (try? FileDescriptor.open("/proc/\(child)/comm", O_RDONLY).readAll()) ?? []
            return String(decoding: comm, as: UTF8.self).contains(name)
        }
    }

    private func children(of parent: pid_t) -> [pid_t] {
        let bytes = (try? FileDescriptor.open("/proc/\(parent)/task/\(parent)/children", O_RDONLY).readAll()) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
    }
}
