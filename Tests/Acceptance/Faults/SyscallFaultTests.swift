import Glibc
import Posix
import Support
import Testing

extension Faults {
    /// System calls of an export that fail once, by strace.
    @Suite(.enabled(if: getuid() == 0, "strace must attach to processes that are not dumpable")) struct Syscalls {
        /// The calls that lead from the first byte to the published file, and the errors that they get. `make sweep`
        /// takes every n-th call of each, until the export makes no more. Sending is not among them: after a send that
        /// fails on a socket that lives, libpq waits for the server to close it.
        private static let isWhole = environmentValue("PENSTOCK_SYSCALLS") != nil
        private static let calls =
            isWhole
            ? ["write", "fdatasync", "fsync", "rename", "linkat", "openat", "close", "newfstatat", "recvfrom"]
            : ["write", "fdatasync", "fsync", "rename"]
        private static func errors(_ call: String) -> [String] {
            isWhole ? ["ENOSPC", "EIO", "EINTR"] : [call == "write" ? "ENOSPC" : "EIO"]
        }

        @Test(arguments: calls)
        func `F35 F37 F38 whichever call of an export fails once, its file is whole and nothing else is left`(
            _ call: String
        ) throws {
            let faults = try Faults.shared(rows: 100)
            let undisturbed = try faults.digest(try faults.create(nil, "kept"))
            for error in Self.errors(call) {
                var number = 1
                while try fails(call, number, error, faults, undisturbed), Self.isWhole {
                    faults.expectInvariants(within: 20)
                    number += 1
                }
                if Self.isWhole { print("\(call) \(error): \(number - 1) calls failed, one in each export") }
            }
            faults.expectInvariants(within: 20)
        }

        /// Makes an export during which the n-th call of a process fails.
        /// - Returns: whether a process has made so many.
        private func fails(
            _ call: String, _ number: Int, _ error: String, _ faults: FaultStage, _ undisturbed: String
        ) throws -> Bool {
            let dispatcher = try faults.dispatcher()
            let path = "\(TestRun.folder)/strace-\(Random.integer())"
            let null = try FileDescriptor.open("/dev/null", O_RDWR)
            // With -f each process that the dispatcher forks counts its own calls.
            let tracer = try Launched(
                [
                    "strace", "-f", "-qq", "-o", path, "-p", "\(dispatcher)", "-e", "trace=\(call)", "-e",
                    "inject=\(call):error=\(error):when=\(number)",
                ], environment: plainEnvironment(), descriptors: (null.raw, null.raw, null.raw))
            let isTracing = eventually {
                Process.words("/proc/\(dispatcher)/status", 10).contains("TracerPid:\t\(tracer.pid)")
            }
            let id = try faults.create(nil, "kept")
            // However often it fails before the tracer has gone.
            try faults.stage.rows("update report_export_jobs set max_attempts = 100 where id = '\(id)'")
            func isInjected() -> Bool {
                ((try? File.bytes(at: path, limit: 1 << 30)) ?? []).firstRange(of: Array("(INJECTED)".utf8)) != nil
            }
            let isOver = try eventually { try isInjected() || faults.row(id).state == "ready" }
            kill(tracer.pid, SIGTERM)
            _ = tracer.wait(within: 10)
            guard isTracing, isOver else { throw Unmet("\(call) \(number): nothing happened") }
            #expect(try faults.digest(id) == undisturbed, "\(call) \(number) \(error)")
            return isInjected()
        }
    }
}
