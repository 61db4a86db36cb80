import Support
import Testing

/// The units for systemd, held against systemd itself.
@Suite(.waits) struct UnitTests {
    private static func units(_ options: [String] = []) throws -> (service: String, socket: String) {
        let service = try Shell.run([TestRun.program, "systemd"] + options)
        let socket = try Shell.run([TestRun.program, "systemd", "--socket"] + options)
        #expect(service.status == 0 && socket.status == 0, "\(service) \(socket)")
        return (service.text, socket.text)
    }

    @Test func `systemd reads both units, and finds the service confined`() throws {
        let folder = String(decoding: try Shell.output(["mktemp", "--directory"]).dropLast(), as: UTF8.self)
        defer { _ = try? Shell.output(["rm", "-r", folder]) }
        // A program that is there, wherever the tests are built: one in a home would keep ProtectHome out.
        let units = try Self.units(["--program", "/bin/true"])
        _ = try Shell.output(["tee", "\(folder)/penstock.service"], input: Array(units.service.utf8))
        _ = try Shell.output(["tee", "\(folder)/penstock.socket"], input: Array(units.socket.utf8))
        let verified = try Shell.run([
            "systemd-analyze", "verify", "--man=no", "\(folder)/penstock.service", "\(folder)/penstock.socket",
        ])
        // What it says of other units of the host is not about ours.
        let said = (verified.text + verified.errorText).split(separator: "\n").filter { $0.contains("penstock") }
        #expect(said.isEmpty, "\(said)")
        // Tenths; from 0, nothing is left open, to 100.
        let exposure = try Shell.run([
            "systemd-analyze", "security", "--offline=true", "--threshold=15", "\(folder)/penstock.service",
        ])
        #expect(exposure.status == 0, "\(exposure.text)")
    }

    @Test func `what stands in the units is what was given`() throws {
        let units = try Self.units([
            "--program", "/opt/p/penstock", "--config", "/srv/p.yaml", "--user", "reports", "--group", "nginx",
            "--writable", "/srv/files", "--listen", "/run/p/s",
        ])
        for line in [
            #"ExecStart="/opt/p/penstock" serve --config "/srv/p.yaml""#, "User=reports", "Group=nginx",
            #"ReadWritePaths="/srv/files""#, "StandardInput=socket", "Requires=penstock.socket", "ProtectHome=yes",
        ] {
            #expect(units.service.split(separator: "\n").contains(Substring(line)), "\(line)")
        }
        for line in ["ListenStream=/run/p/s", "SocketUser=reports", "SocketGroup=nginx", "SocketMode=0660"] {
            #expect(units.socket.split(separator: "\n").contains(Substring(line)), "\(line)")
        }
        #expect(!(try Self.units(["--config", "/home/me/p.yaml"]).service.contains("ProtectHome")))
    }

    @Test(arguments: ["p.yaml", "/a b", "/a%i", "/a\nUser=root", "/a\"b", ""])
    func `a path that a unit cannot hold is refused`(_ path: String) throws {
        let outcome = try Shell.run([TestRun.program, "systemd", "--config", path])
        #expect(outcome.status == 64 && outcome.text.isEmpty, "\(outcome.text)")
    }
}
