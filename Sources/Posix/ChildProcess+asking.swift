import Glibc

extension ChildProcess {
    /// Runs `body` in a child of its own and takes what it says, for what would change this process for good.
    /// - Parameters:
    ///   - name: the name in top and ps, at most 15 bytes.
    ///   - milliseconds: after which the child is killed.
    ///   - body: its text is less than a pipe holds.
    /// - Returns: nil when the child was killed or has died.
    package static func ask(
        name: String, milliseconds: Int64 = 10_000, _ body: () -> String
    ) throws(PosixError) -> String? {
        let pipe = try Pipe()
        let end = pipe.writeEnd.raw
        let pid = try fork(name: name, keeping: [end]) {
            let text = Array(body().utf8)
            let count = text.withUnsafeBytes { write(end, $0.baseAddress, $0.count) }
            _exit(count == text.count ? 0 : 1)
        }
        let reader = pipe.takeReadEnd()
        defer { close(reader) }
        let deadline = Clock.monotonicMilliseconds + milliseconds
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            guard try waitReadable([reader], milliseconds: max(0, deadline - Clock.monotonicMilliseconds))[0] else {
                send(.kill, to: pid)
                break
            }
            let count = try retryingInterrupts("read") { read(reader, &chunk, chunk.count) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        var status: Int32 = 0
        try retryingInterrupts("waitpid") { waitpid(pid, &status, 0) }
        return status == 0 ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
