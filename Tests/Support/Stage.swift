import Glibc
import Posix
import Synchronization

/// A private PostgreSQL, nginx and Penstock with the demo data, started by `sql/demo/stage` on a free port. Those of
/// `PENSTOCK_TEST_POSTGRES` and `PENSTOCK_TEST_NGINX`, when the tests are run with these (docs/versions.md).
package final class Stage: Sendable {
    /// What `demo.env` says.
    package let variables: [String: String]
    /// The stage's state folder: keys/, log/, storage/, run/ …
    package let state: String
    package let port: UInt16
    private let keeper: Launched
    /// The near end of the keeper's input; -1 once it is closed. Its closing stops the stage.
    private let line: Mutex<Int32>
    private let stopped = Mutex(false)

    /// The stage of all tests that leave it as it was: started by the first that asks, stopped when the tests end.
    package static var shared: Stage {
        get throws { try sharedResult.get() }
    }

    private static let sharedResult = Result { try Stage() }

    /// Starts one and waits until everything answers.
    /// - Parameters:
    ///   - environment: settings of the stage and of Penstock (`PENSTOCK_…`, `DEMO_ROWS`).
    ///   - seconds: the time it may take; the first of a run makes the demo data.
    package convenience init(_ environment: [String: String] = [:], within seconds: Double = 120) throws {
        // One after another: the first makes the data that the others copy.
        try self.init(Self.turn.withLock { _ in try Self.start(environment, within: seconds) })
    }

    private static let turn = Mutex(())

    private init(_ started: Started) {
        variables = started.variables
        state = started.state
        keeper = started.keeper
        line = Mutex(started.line)
        port = variables["PENSTOCK_URL"]?.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        TestRun.add(self)
    }

    private struct Started: Sendable {
        let variables: [String: String]
        let state: String
        let keeper: Launched
        let line: Int32
    }

    private static func start(_ environment: [String: String], within seconds: Double) throws -> Started {
        let state = "\(TestRun.folder)/\(count.add(1, ordering: .relaxed).newValue)"
        mkdir(state, 0o711)
        chmod(state, 0o711)
        var settings = plainEnvironment()
        settings["PORT"] = "0"
        settings["STATE"] = state
        for name in ["PENSTOCK_TEST_POSTGRES", "PENSTOCK_TEST_NGINX"] { settings[name] = environmentValue(name) }
        settings["STAGE_DISPOSABLE"] = "1"
        settings["STAGE_TEMPLATE"] = "\(TestRun.folder)/template"
        settings["PENSTOCK_BINARY"] = TestRun.program
        // All tests come from one address, and many show wrong passwords on purpose.
        settings["PENSTOCK_LOGIN_FAILURES"] = "100000"
        settings.merge(environment) { $1 }

        // The keeper: the stage stops when this process closes its end or is no more; then the folder goes.
        let script = """
            exec 3<&0 </dev/null 8>"$1/../lock"; flock -s 8
            "$0" 3<&- 8>&- & stage=$!
            cat <&3 >/dev/null 8>&- & watch=$!
            exec 3<&-
            wait -n; kill -TERM "$stage" "$watch" 2>/dev/null
            wait "$stage"; status=$?
            [[ $status -eq 0 ]] && rm -rf -- "$1"
            exit "$status"
            """
        let input = try lifeline()
        let log = try FileDescriptor.open("\(state)/stage.log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let keeper = try Launched(
            ["bash", "-c", script, "\(TestRun.source)/sql/demo/stage", state], environment: settings,
            descriptors: (input.far, log.raw, log.raw))
        close(input.far)
        let line = input.near
        var early: ChildExit.How?
        let path = "\(state)/demo.env"
        let ready = eventually(within: seconds) {
            early = keeper.ended()
            return early != nil || access(path, R_OK) == 0
        }
        guard ready, early == nil, let bytes = try? File.bytes(at: path) else {
            close(line)
            if early == nil { _ = keeper.wait(within: 40) }
            let words = (try? File.bytes(at: "\(state)/stage.log")).map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw Unmet("the stage did not come up: \(words.suffix(2000))")
        }
        return Started(
            variables: assignments(String(decoding: bytes, as: UTF8.self)), state: state, keeper: keeper, line: line)
    }

    deinit { stop() }

    /// Stops everything and removes the folder; a second call does nothing.
    package func stop() {
        let already = stopped.withLock { value in
            defer { value = true }
            return value
        }
        if already { return }
        release()
        _ = keeper.wait(within: 60)
    }

    /// Tells the keeper to stop it and does not wait.
    func release() {
        line.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    private static let count = Atomic<Int>(0)

    /// `NAME='value'` lines.
    private static func assignments(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            result[String(line[..<equals])] = String(line[line.index(after: equals)...].dropFirst().dropLast())
        }
        return result
    }
}

// What tests ask a stage for.
extension Stage {
    package subscript(name: String) -> String { variables["PENSTOCK_\(name)"] ?? "" }

    package var tenant: String { self["TENANT"] }
    package var otherTenant: String { self["OTHER_TENANT"] }
    /// The supervisor. Never 0 or less, which kill(2) would take for whole groups of processes.
    package var pid: pid_t { pid_t(self["PID"]) ?? .max }

    /// Speaks as the demo's user with both permissions.
    package var client: Client { client(.bearer(self["TOKEN"])) }

    package func client(_ credential: Credential) -> Client { Client(port: port, credential: credential) }

    /// Runs a command of the program with the configuration of this stage.
    package func penstock(_ arguments: String..., input: [UInt8] = [], within seconds: Double = 60) throws
        -> Shell.Outcome
    {
        try penstock(arguments, input: input, within: seconds)
    }

    package func penstock(_ arguments: [String], input: [UInt8] = [], within seconds: Double = 60) throws
        -> Shell.Outcome
    {
        try Shell.run([TestRun.program] + arguments, environment: settings, input: input, within: seconds)
    }

    /// What the service has logged.
    package var log: String {
        get throws { String(decoding: try File.bytes(at: "\(state)/log/penstock.log", limit: 1 << 30), as: UTF8.self) }
    }

    /// The `PENSTOCK_…` settings that the stage's own processes have.
    package var settings: [String: String] {
        let bytes = (try? File.bytes(at: "\(state)/service.env")) ?? []
        return Self.assignments(String(decoding: bytes, as: UTF8.self))
    }

    /// Process ids of the supervisor's children of a kind (what ps shows: "responder", "dispatcher", …).
    package func children(named name: String, of parent: pid_t? = nil) -> [pid_t] {
        let path = "/proc/\(parent ?? pid)/task/\(parent ?? pid)/children"
        let bytes = (try? FileDescriptor.open(path, O_RDONLY).readAll()) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }.filter { child in
            let comm = (try? FileDescriptor.open("/proc/\(child)/comm", O_RDONLY).readAll()) ?? []
            return String(decoding: comm, as: UTF8.self).contains(name)
        }
    }
}
