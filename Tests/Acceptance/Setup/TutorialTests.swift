import FileReaders
import Glibc
import Posix
import Support
import Testing

/// docs/tutorial.md, block by block as it stands, from an empty folder to a workbook through an nginx of its own.
@Suite(.waits, .overFolder) struct TutorialTests {
    static func blocks() throws -> [String] {
        let text = String(decoding: try File.bytes(at: "\(TestRun.source)/docs/tutorial.md"), as: UTF8.self)
        return text.split(separator: "```sh\n").dropFirst().map { block in
            String(block[..<(block.firstRange(of: "```")?.lowerBound ?? block.endIndex)])
        }
    }

    /// A port of this host that nobody listens on now.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port: UInt16? = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                guard bind(descriptor, $0, length) == 0, getsockname(descriptor, $0, &length) == 0 else { return nil }
                return UInt16(bigEndian: pointer.pointee.sin_port)
            }
        }
        return try #require(port)
    }

    @Test func `the tutorial leads to a workbook`() throws {
        let blocks = try Self.blocks()
        #expect(blocks.count == 4)
        let port = try Self.freePort()
        let database = try SchemaInitTests.load("pagila", as: "pagila_tutorial")
        let folder = "\(TestRun.folder)/t\(Random.integer() % 100_000)"
        try File.makeFolders("\(folder)/bin", mode: 0o755)
        #expect(symlink(TestRun.program, "\(folder)/bin/penstock") == 0)
        let script = """
            set -euo pipefail
            cd '\(folder)'
            trap '
                for pid in $(jobs -p); do kill "$pid" 2>/dev/null || :; done
                [[ ! -s reports/run/nginx.pid ]] || kill "$(<reports/run/nginx.pid)" 2>/dev/null || :
                wait' EXIT
            \(blocks.joined(separator: "\n"))
            """.replacing("--tenant acme", with: "--tenant acme --public-url http://localhost:\(port)")
            .replacing(":8080", with: ":\(port)").replacing("\"pagila\"", with: "\"pagila-tutorial\"")
        let path = try #require(Host.environment("PATH"))
        let begin = Clock.monotonicMilliseconds
        let outcome = try Shell.run(
            ["bash", "-m", "-c", script],
            environment: ["SHOP": database.ownerURL, "PATH": "\(folder)/bin:\(path):/usr/sbin"], within: 120)
        let log = (try? File.bytes(at: "\(folder)/reports/run/penstock.log")).map {
            String(decoding: $0, as: UTF8.self)
        }
        #expect(outcome.status == 0, "\(outcome.errorText)\n\(log ?? "")")
        print("tutorial: \((Clock.monotonicMilliseconds - begin) / 1000) s")

        // One row for each rental, below the header.
        let workbook = try ZipReader(File.bytes(at: "\(folder)/rental.xlsx"))
        #expect(try SheetReader(try #require(workbook["xl/worksheets/sheet1.xml"])).rows.count == 3001)

        for (name, mode) in [
            ("settings.yaml", 0o600), ("setup.sql", 0o600), ("keys/jwks.json", 0o600), ("keys/signing-keys", 0o600),
            ("keys/token", 0o600), ("keys", 0o700), ("storage", 0o750),
        ] as [(String, mode_t)] {
            var info = stat()
            #expect(stat("\(folder)/reports/\(name)", &info) == 0 && info.st_mode & 0o777 == mode, "\(name)")
        }
        // The reader may read no column that no catalog names.
        let rights = try database.psql(
            "select has_column_privilege('pagila_tutorial_reader', 'staff', 'password', 'select'),"
                + " has_column_privilege('pagila_tutorial_reader', 'staff', 'email', 'select')")
        #expect(rights.hasSuffix("f|t\n"))
    }
}
