import Configuration
import Glibc
import Posix

/// A child that checks the files which a reload wants to adopt against the live database, so that no connection and no
/// wait is the supervisor's.
struct ReloadCheck {
    let pid: pid_t
    let files: ServiceFiles
    /// Takes the reasons against the files, in one line.
    private let pipe: Int32

    /// Less than a pipe holds and a line of the log takes.
    private static let reasonBytes = 500

    /// Reads the files and forks the child.
    /// - Throws: `ConfigurationError` for files that cannot be used, `PosixError` when there is no pipe or no process.
    init(_ configuration: Configuration) throws {
        files = try ServiceFiles(configuration)
        let pipe = try Pipe()
        let end = pipe.writeEnd.raw
        pid = try ChildProcess.fork(name: "pst-check", keeping: [end]) { [files] in
            Log.process = "check"
            let report = ServiceCheck(configuration, files).run()
            let reason = Array(report.reason.utf8.prefix(Self.reasonBytes))
            _ = reason.withUnsafeBytes { write(end, $0.baseAddress, $0.count) }
            _exit(report.exitStatus)
        }
        self.pipe = pipe.takeReadEnd()
    }

    /// Called once, when the child has ended.
    /// - Returns: its reasons against the files; empty when it has none.
    func takeReason() -> String {
        defer { close(pipe) }
        var bytes = [UInt8](repeating: 0, count: Self.reasonBytes)
        let count = (try? retryingInterrupts("read") { read(pipe, &bytes, bytes.count) }) ?? 0
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
