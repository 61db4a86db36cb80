import Glibc
import JSON
import Posix

/// The request of `--request`: a file with JSON, or standard input for `-`.
enum RequestFile {
    /// - Throws: `CommandFailure` for one that cannot be read or is not JSON.
    static func json(_ path: String) throws -> JSON {
        let bytes: [UInt8]
        do throws(PosixError) {
            bytes =
                path == "-"
                ? try FileDescriptor(owning: dup(0)).readAll(limit: 1 << 20) : try File.bytes(at: path, limit: 1 << 20)
        } catch {
            throw CommandFailure("--request: \(error.debugDescription)", ExitStatus.noInput)
        }
        do {
            return try JSON.parse(bytes)
        } catch {
            let name = path == "-" ? "on standard input" : path
            throw CommandFailure("--request \(name) is not JSON: \(error)", ExitStatus.dataError)
        }
    }
}
