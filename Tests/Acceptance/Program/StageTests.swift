import Glibc
import JSON
import Posix
import Support
import Testing

@Suite(.waits) struct StageTests {
    @Test func `a private stage comes up, serves an export and leaves nothing behind`() throws {
        let stage = try Stage()
        let (job, file) = try stage.client.export([
            "module": "warehouse", "catalog": "warehouses", "format": "csv", "columns": ["name"],
        ])
        #expect(job["rowCount"]?.int == CSVText(file).records.count - 1)
        #expect(!stage.children(named: "responder").isEmpty)
        let pid = stage.pid
        stage.stop()
        #expect(kill(pid, 0) != 0)
        #expect(access(stage.state, F_OK) != 0)
    }

    @Test func `a stage runs the PostgreSQL and the nginx that it is told`() throws {
        let folder = "\(TestRun.folder)/servers-\(Random.integer())"
        let bin = try Stage.shared.value("select setting from pg_config where name = 'BINDIR'", on: .sourceOwner) ?? ""
        let nginx = try Shell.output(["sh", "-c", "PATH=$PATH:/usr/sbin command -v nginx"])
        let scripts = [
            // What these servers are known by: a setting, and a file beside the program.
            "bin/initdb": "exec '\(bin)/initdb' \"$@\"",
            "bin/postgres": "[ \"$1\" != -D ] || set -- \"$@\" -c event_source=other; exec '\(bin)/postgres' \"$@\"",
            "nginx": "touch '\(folder)/nginx.ran'; exec \(String(decoding: nginx, as: UTF8.self).dropLast()) \"$@\"",
        ]
        try File.makeFolders("\(folder)/bin")
        for (name, script) in scripts {
            let path = "\(folder)/\(name)"
            _ = try Shell.output(["tee", path], input: Array("#!/bin/sh\n\(script)\n".utf8))
            chmod(path, 0o755)
        }
        for path in [folder, "\(folder)/bin"] { chmod(path, 0o755) }
        let stage = try Stage([
            "PENSTOCK_TEST_POSTGRES": folder, "PENSTOCK_TEST_NGINX": "\(folder)/nginx",
        ])
        defer { stage.stop() }
        #expect(try stage.value("show event_source") == "other")
        #expect(access("\(folder)/nginx.ran", F_OK) == 0)
        #expect(try stage.client.get("/report/exports").status == 200)
        // They are the stage's, and no settings of Penstock's.
        #expect(!stage.settings.keys.contains { $0.hasPrefix("PENSTOCK_TEST") })
    }

    @Test func `a folder without a server is refused by name`() throws {
        for (name, value) in [("PENSTOCK_TEST_POSTGRES", "/usr"), ("PENSTOCK_TEST_NGINX", "/usr/nginx-is-not-here")] {
            do {
                let stage = try Stage([name: value, "DEMO_ROWS": "1"])
                stage.stop()
                Issue.record("a stage came up")
            } catch {
                #expect("\(error)".contains("\(name) is '\(value)', which"), "\(error)")
            }
        }
    }
}
