import Glibc
import Posix
import Synchronization

/// What all tests of one process share: a folder, the built program, the stages still up.
///
///     this process ──socket──▶ custodian (bash): reads until its end, waits until no stage
///         │                           holds the lock, removes the folder
///         │
///         └──socket──▶ keeper of each stage (bash, holds the lock): reads until its end, stops the stage
///
/// The near ends close however the tests end, by return, trap or SIGKILL, so nothing stays behind.
package enum TestRun {
    /// Removed at the end of the run. Others may pass through, because PostgreSQL runs as somebody else under root.
    package static let folder: String = {
        let path = "/tmp/penstock-tests-\(getpid())-\(Random.integer() % 1_000_000)"
        mkdir(path, 0o711)
        chmod(path, 0o711)
        custody.withLock { $0.start(path) }
        atexit { TestRun.end() }
        return path
    }()

    /// The program that is tested: that of `PENSTOCK_TEST_PROGRAM` (a release build is several times as fast), or the
    /// one that was built together with these tests.
    package static let program: String = {
        if let given = environmentValue("PENSTOCK_TEST_PROGRAM") { return given }
        var places: [String] = []
        var link = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &link, link.count - 1)
        if length > 0 { places.append(String(decoding: link[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)) }
        places += CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        for place in places {
            guard let slash = place.lastIndex(of: "/") else { continue }
            let candidate = place[..<slash] + "/penstock"
            if access(String(candidate), X_OK) == 0 { return String(candidate) }
        }
        return "penstock"
    }()

    /// The top of the working copy.
    package static let source: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/")
    }()

    static func add(_ stage: StageProcess) { custody.withLock { $0.stages.append(stage) } }

    private static let custody = Mutex(Custody())

    private static func end() {
        let (stages, custodian) = custody.withLock { ($0.stages, $0.custodian) }
        for stage in stages { stage.release() }
        for stage in stages { stage.stop() }
        guard let custodian else { return }
        close(custodian.line)
        _ = custodian.process.wait(within: 30)
    }

    private struct Custody: Sendable {
        var stages: [StageProcess] = []
        var custodian: (process: Launched, line: Int32)?

        mutating func start(_ folder: String) {
            guard let line = try? lifeline(), let null = try? FileDescriptor.open("/dev/null", O_RDWR) else { return }
            let script = "cat >/dev/null; exec 9>\"$0/lock\"; flock -w 60 -x 9; rm -rf -- \"$0\""
            defer { close(line.far) }
            guard
                let process = try? Launched(
                    ["bash", "-c", script, folder], environment: plainEnvironment(),
                    descriptors: (line.far, null.raw, null.raw))
            else { return }
            custodian = (process, line.near)
        }
    }
}

/// Two connected sockets, both with CLOEXEC, as numbers that the caller closes: the far one is for a child's input.
func lifeline() throws(PosixError) -> (near: Int32, far: Int32) {
    var ends: [Int32] = [-1, -1]
    try retryingInterrupts("socketpair") {
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
    }
    return (ends[0], ends[1])
}
