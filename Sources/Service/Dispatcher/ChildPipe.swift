import Glibc
import Posix

/// The reading end of the pipe in which an export's child says how it goes.
final class ChildPipe {
    /// Does not block; -1 once its end was read.
    private(set) var raw: Int32
    private var chunk = [UInt8](repeating: 0, count: 16_384)

    /// - Parameter raw: a descriptor that does not block, which this object closes.
    init(owning raw: Int32) {
        self.raw = raw
    }

    deinit {
        if raw >= 0 { close(raw) }
    }

    /// The bytes that the child has written since the last call; all that are left when the child has ended.
    func read() -> [UInt8] {
        var bytes: [UInt8] = []
        while raw >= 0 {
            let count = Glibc.read(raw, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                return bytes
            }
            bytes += chunk[..<count]
            if count == 0 {
                close(raw)
                raw = -1
            }
        }
        return bytes
    }
}
