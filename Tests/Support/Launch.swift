import Glibc
import Posix

/// A started program. It is not waited for when this value goes: whoever starts one, ends it.
package struct Launched: Sendable {
    package let pid: pid_t

    /// Starts a program by its path, or by its name through PATH, with an empty signal mask and default actions.
    /// - Parameters:
    ///   - environment: the whole environment of the program.
    ///   - descriptors: what becomes its 0, 1 and 2.
    ///   - ownGroup: in a process group of its own, so that a Ctrl-C at the tests does not reach it directly.
    package init(
        _ arguments: [String], environment: [String: String], descriptors: (Int32, Int32, Int32), ownGroup: Bool = true
    ) throws(PosixError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, descriptors.0, 0)
        posix_spawn_file_actions_adddup2(&actions, descriptors.1, 1)
        posix_spawn_file_actions_adddup2(&actions, descriptors.2, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        if ownGroup { flags |= Int32(POSIX_SPAWN_SETPGROUP) }
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let failure = posix_spawnp(&pid, arguments[0], &actions, &attributes, argv, envp)
        guard failure == 0 else { throw PosixError("posix_spawn", errorNumber: failure, subject: arguments[0]) }
        self.pid = pid
    }

    /// How it ended, or nil while it runs. To be asked no more once it has told.
    package func ended() -> ChildExit.How? {
        var status: Int32 = 0
        let answer = waitpid(pid, &status, WNOHANG)
        if answer == 0 || (answer < 0 && errno == EINTR) { return nil }
        return status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .signalled(status & 0x7F)
    }

    /// Waits for its end; one that takes longer is killed with its whole group.
    package func wait(within seconds: Double) -> ChildExit.How {
        var how: ChildExit.How?
        _ = eventually(within: seconds) {
            how = ended()
            return how != nil
        }
        if let how { return how }
        kill(-pid, SIGKILL)
        kill(pid, SIGKILL)
        _ = eventually(within: 5) {
            how = ended()
            return how != nil
        }
        return .signalled(SIGKILL)
    }
}

/// The tests' own environment without what would configure a Penstock or a stage. The nginx under test is the first in
/// PATH.
package func plainEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
        let text = String(cString: entry)
        next += 1
        guard let equals = text.firstIndex(of: "=") else { continue }
        let name = String(text[..<equals])
        if name.hasPrefix("PENSTOCK_") || name.hasPrefix("PG") || name.hasPrefix("STAGE_") { continue }
        if ["PORT", "STATE", "DEMO_ROWS", "MAKEFLAGS", "MAKELEVEL"].contains(name) { continue }
        result[name] = String(text[text.index(after: equals)...])
    }
    if let nginx = environmentValue("PENSTOCK_TEST_NGINX"), let slash = nginx.lastIndex(of: "/") {
        result["PATH"] = "\(nginx[..<slash]):\(result["PATH"] ?? "/usr/bin:/bin")"
    }
    // One set of zone data for all: a server that brings its own may know other rules than this host.
    result["TZDIR"] = serverZones
    result["PYTHONTZPATH"] = serverZones
    return result
}

/// The folder of time zones of the PostgreSQL under test: its own, or this host's.
package let serverZones: String = {
    let places = ["share/timezone", "share/postgresql/timezone"].compactMap { place in
        environmentValue("PENSTOCK_TEST_POSTGRES").map { "\($0)/\(place)" }
    }
    return places.first { access("\($0)/UTC", R_OK) == 0 } ?? "/usr/share/zoneinfo"
}()

/// A variable of the tests' own environment; nil when it is not set, or empty.
package func environmentValue(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}
