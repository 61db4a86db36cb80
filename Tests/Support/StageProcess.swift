import Glibc
import Posix
import Synchronization

/// A running `sql/demo/stage` in a state folder of its own, and the keeper that ends both.
final class StageProcess: Sendable {
    /// What `demo.env` says.
    let variables: [String: String]
    /// The state folder: keys/, log/, storage/, run/ …
    let state: String
    private let keeper: Launched
    /// The near end of the keeper's input; -1 once it is closed. Its closing stops the stage.
    private let line: Mutex<Int32>
    private let stopped = Mutex(false)

    /// Starts one and waits until everything answers. Several may start at once: the first that needs a template of the
    /// demo data makes it, the others wait for that and copy it.
    /// - Parameters:
    ///   - arguments: of the script; none for a whole stage.
    ///   - environment: settings of the stage and of Penstock (`PENSTOCK_…`, `DEMO_ROWS`).
    ///   - seconds: the time it may take.
    /// - Throws: `Unmet` with the end of the stage's log when it does not come up.
    init(_ arguments: [String] = [], environment: [String: String], within seconds: Double) throws {
        state = "\(TestRun.folder)/\(Self.count.add(1, ordering: .relaxed).newValue)"
        mkdir(state, 0o711)
        chmod(state, 0o711)
        var settings = plainEnvironment()
        settings["PORT"] = "0"
        settings["STATE"] = state
        for name in ["PENSTOCK_TEST_POSTGRES", "PENSTOCK_TEST_NGINX"] { settings[name] = environmentValue(name) }
        settings["STAGE_DISPOSABLE"] = "1"
        settings["STAGE_TEMPLATE"] = "\(TestRun.folder)/template"
        settings["PENSTOCK_BINARY"] = TestRun.program
        settings["DEMO_ROWS"] = "2000"
        // All tests come from one address, and many show wrong passwords on purpose.
        settings["PENSTOCK_LOGIN_FAILURES"] = "100000"
        settings["STAGE_LIMITS"] = "wide"
        settings.merge(environment) { $1 }

        // The keeper: the stage stops when this process closes its end or is no more; then the folder goes.
        let script = """
            exec 3<&0 </dev/null 8>"$1/../lock"; flock -s 8
            "$0" "${@:2}" 3<&- 8>&- & stage=$!
            cat <&3 >/dev/null 8>&- & watch=$!
            exec 3<&-
            wait -n; kill -TERM "$stage" "$watch" 2>/dev/null
            wait "$stage"; status=$?
            [[ $status -eq 0 ]] && rm -rf -- "$1"
            exit "$status"
            """
        let input = try lifeline()
        let log = try FileDescriptor.open("\(state)/stage.log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        keeper = try Launched(
            ["bash", "-c", script, "\(TestRun.source)/sql/demo/stage", state] + arguments, environment: settings,
            descriptors: (input.far, log.raw, log.raw))
        close(input.far)
        line = Mutex(input.near)
        variables = try Self.awaitReadiness(of: keeper, in: state, line: input.near, within: seconds)
    }

    private static func awaitReadiness(
        of keeper: Launched, in state: String, line: Int32, within seconds: Double
    ) throws -> [String: String] {
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
        return assignments(String(decoding: bytes, as: UTF8.self))
    }

    deinit { stop() }

    /// Stops everything and removes the folder; a second call does nothing.
    func stop() {
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
    static func assignments(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            result[String(line[..<equals])] = String(line[line.index(after: equals)...].dropFirst().dropLast())
        }
        return result
    }
}
