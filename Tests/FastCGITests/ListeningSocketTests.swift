import Glibc
import Posix
import Testing

@testable import FastCGI

@Suite struct ListeningSocketTests {
    /// A folder of the test's own, with a short name: a socket's path has at most 107 bytes.
    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/pst-socket-\(Random.integer() % 1_000_000_000)"
        guard mkdir(folder, 0o700) == 0 else { throw PosixError("mkdir", subject: folder) }
        defer {
            for name in (try? File.names(in: folder)) ?? [] { unlink("\(folder)/\(name)") }
            rmdir(folder)
        }
        try body(folder)
    }

    private static func error(_ address: String) -> ListenError? {
        do {
            _ = try ListeningSocket.inheritedOr(address)
            return nil
        } catch {
            return error
        }
    }

    @Test func `the socket is its owner's and group's from its first moment`() throws {
        try Self.inFolder { folder in
            let socket = try ListeningSocket.inheritedOr("\(folder)/s")
            var status = stat()
            #expect(stat("\(folder)/s", &status) == 0 && status.st_mode & 0o777 == 0o660)
            #expect(socket.raw >= 0)
        }
    }

    @Test func `a second service is refused while the first lives, and the file of one that died is replaced`() throws {
        try Self.inFolder { folder in
            var first: ListeningSocket? = try ListeningSocket.inheritedOr("\(folder)/s")
            #expect(Self.error("\(folder)/s")?.description.contains("another service") == true)
            #expect(first != nil)
            first = nil
            var status = stat()
            #expect(stat("\(folder)/s", &status) == 0, "a service that dies leaves its file")
            #expect(Self.error("\(folder)/s") == nil)
        }
    }

    @Test func `a closed socket has no file, and refuses`() throws {
        try Self.inFolder { folder in
            let socket = try ListeningSocket.inheritedOr("\(folder)/s")
            #expect(try socket.close())
            var status = stat()
            #expect(stat("\(folder)/s", &status) != 0)
            #expect(try !socket.close(), "only once")
            #expect(try isHungUp(socket.raw))
        }
    }

    @Test(arguments: ["1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:x", "host:80", "1.2.3:80", "::1:80", "1.2.3.4:80:90"])
    func `an address that is neither a path nor IPv4 and a port is refused by name`(address: String) {
        #expect(Self.error(address)?.description.contains("PENSTOCK_SOCKET \(address)") == true)
    }

    @Test func `a path that the kernel has no room for is refused with the limit`() {
        #expect(Self.error("/tmp/" + String(repeating: "x", count: 120))?.description.contains("107 bytes") == true)
    }
}
