import Glibc
import Testing

@testable import Posix

@Suite struct `The identity of a process` {
    @Test func `is that of a living one`() throws {
        let own = try #require(ProcessIdentity.own)
        #expect(own.process.hasPrefix("\(getpid()) ") && own.kernel.contains("pid:["))
        #expect(own == ProcessIdentity.own)
        #expect(!ProcessIdentity.isGone(own.process))
        // Another user's, where the tests do not run as root.
        #expect(!ProcessIdentity.isGone("1 \(try start(of: 1))"))
    }

    @Test func `is not that of another with its number, and nothing is said of what cannot be read`() throws {
        #expect(ProcessIdentity.isGone("\(getpid()) 1"))
        #expect(ProcessIdentity.isGone("\(Int32.max) 1"))
        for text in ["", "1", "x 1", "0 1", "-1 1", "1 2 3"] { #expect(!ProcessIdentity.isGone(text), "\(text)") }
    }

    @Test func `is gone when the process has died, reaped or not`() throws {
        var pid: pid_t = 0
        var words: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
        defer { for word in words { free(word) } }
        try #require(posix_spawnp(&pid, "sleep", nil, nil, &words, nil) == 0)
        let process = "\(pid) \(try start(of: pid))"
        #expect(!ProcessIdentity.isGone(process))
        kill(pid, SIGKILL)
        var info = siginfo_t()
        // It stays a zombie (WNOWAIT).
        try #require(waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == 0)
        #expect(ProcessIdentity.isGone(process))
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        #expect(ProcessIdentity.isGone(process))
    }

    private func start(of pid: pid_t) throws -> Substring {
        let text = String(decoding: try File.bytes(at: "/proc/\(pid)/stat"), as: UTF8.self)
        return try #require(text.split(separator: ")").last?.split(separator: " ").dropFirst(19).first)
    }
}
