import Glibc
import JSON
import Posix
import Support
import Testing

extension FaultStage {
    /// Why no test can use failpoints, if it cannot.
    static let failpointsAway: Comment = "the program under test is a release build, which has no failpoints"
    static var hasFailpoints: Bool { environmentValue("PENSTOCK_TEST_PROGRAM") == nil }

    /// Has the first process of the service that comes by a place act there, once.
    /// - Parameter action: `kill`, `stop`, `error`, or `delay` and milliseconds.
    func arm(_ point: Failpoint, _ action: String) throws {
        let path = "\(failpoints)/\(point.rawValue)"
        // Whole or not at all: a process may come by meanwhile.
        try write(action, to: "\(path).new")
        rename("\(path).new", path)
    }

    /// Whether no process has come by yet.
    func isArmed(_ point: Failpoint) -> Bool { access("\(failpoints)/\(point.rawValue)", F_OK) == 0 }
}

extension Faults {
    /// A process that dies, stands still or fails where it matters whether the next line runs.
    @Suite(.enabled(if: FaultStage.hasFailpoints, FaultStage.failpointsAway)) struct Failpoints {
        /// Places on the way of an export, and the attempts that its row counts when a process was killed there.
        private static let places: [(points: [Failpoint], attempts: Int)] = [
            ([.jobCreated], 1), ([.claimed], 1), ([.forked], 1), ([.fileCreated], 2), ([.rowsPublished], 2),
            ([.fileSynced], 2), ([.fileRenamed], 2), ([.filePublished], 2), ([.outcomeTold], 2), ([.settling], 1),
            ([.rowsKept], 1), ([.finished], 1), ([.fileSynced, .filesDiscarded], 1), ([.settling, .recovered], 1),
        ]

        @Test func `F1 F2 F3 a process that is killed once, anywhere on an export's way, costs no job and no byte`()
            throws
        {
            let faults = try Faults.shared(rows: 100)
            let undisturbed = try faults.digest(try faults.create(nil, "kept"))
            for (points, attempts) in Self.places {
                for point in points { try faults.arm(point, "kill") }
                let before = try faults.stage.value("select count(*) from report_export_jobs")
                let id = try faults.create(nil, "kept")
                #expect(try faults.digest(id) == undisturbed, "\(points)")
                #expect(try faults.row(id).attempts == attempts, "\(points)")
                #expect(points.allSatisfy { !faults.isArmed($0) }, "\(points)")
                let after = try faults.stage.value("select count(*) from report_export_jobs")
                #expect(Int(after ?? "") == Int(before ?? "").map { $0 + 1 }, "\(points)")
                // `make sweep` looks at everything after each; otherwise the last look stands for all.
                if environmentValue("PENSTOCK_SYSCALLS") != nil { faults.expectInvariants(within: 20) }
            }
            faults.expectInvariants(within: 20)
        }

        @Test(arguments: [Failpoint.fileSynced, .fileRenamed])
        func `F37 F38 an error between the last byte and the published file costs an attempt and leaves nothing`(
            _ point: Failpoint
        ) throws {
            let faults = try Faults.shared(rows: 100)
            let undisturbed = try faults.digest(try faults.create())
            try faults.arm(point, "error")
            let id = try faults.create()
            #expect(try faults.digest(id) == undisturbed)
            #expect(try faults.row(id).attempts == 2 && !faults.isArmed(point))
            faults.expectInvariants()
        }

        @Test func `F3 a watcher whose process dies with a change learns of it when it comes back`() throws {
            let faults = try Faults.shared(rows: 100)
            let listener = try EventListener(faults.client)
            #expect(try listener.hears("id: "))
            let last = try #require(listener.text.split(separator: "\n").last { $0.hasPrefix("id: ") }).dropFirst(4)
            try faults.arm(.changeHeard, "kill")
            try faults.arm(.finished, "kill")
            let id = try faults.create()
            _ = try faults.digest(id)
            #expect(!faults.isArmed(.changeHeard) && !faults.isArmed(.finished))
            #expect(try !listener.hears("\"status\":\"ready\"") && listener.isOver)
            let again = try EventListener(faults.client, [("Last-Event-ID", String(last))])
            #expect(
                try eventually {
                    _ = try again.hears("\"id\":\"\(id)\"")
                    return again.events.contains {
                        $0.job["id"]?.string == id && $0.job["status"]?.string == "ready"
                    }
                })
            faults.expectInvariants()
        }

        @Test func `F44 a sweep that meets a published file whose row does not name it yet leaves it`() throws {
            let faults = try Faults.shared(rows: 100)
            try faults.arm(.settling, "stop")
            let id = try faults.create()
            let dispatcher = try faults.dispatcher()
            try #require(eventually { Process.state(dispatcher) == "T" })
            let file = try #require(faults.files().first { $0.contains(id) })
            #expect(file.hasSuffix(".csv"))
            // Whatever the clock says: this one has no row either, and is taken by the second sweep that finds it.
            let folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
            let orphan = "\(folder)/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21\(id.suffix(2)).1.csv"
            try faults.write("x", to: orphan)
            _ = try Shell.output(["touch", "-d", "2 hours ago", file, orphan])
            faults.stage.keepHouse()
            #expect(eventually { access(orphan, F_OK) != 0 })
            #expect(access(file, F_OK) == 0)
            kill(dispatcher, SIGCONT)
            _ = try faults.digest(id)
            #expect(try faults.row(id).attempts == 1)
            faults.expectInvariants()
        }

        @Test func `F43 F44 a housekeeper that is killed between a file and its row goes on where it was`() throws {
            let faults = try Faults.shared(rows: 100)
            let id = try faults.create()
            _ = try faults.digest(id)
            let file = try #require(faults.files().first { $0.contains(id) })
            let orphan = "\(file.prefix { $0 != "." }).9-00c0ffee.csv"
            try faults.write("x", to: orphan)
            _ = try Shell.output(["touch", "-d", "2 hours ago", orphan])
            for point in [Failpoint.fileDeleted, .orphanFound] { try faults.arm(point, "kill") }
            try faults.stage.rows(
                "update report_export_jobs set expires_at = now() - interval '1 hour' where id = '\(id)'")
            faults.stage.keepHouse()
            let deleted = "select file_deleted_at is not null from report_export_jobs where id = '\(id)'"
            #expect(try eventually { try faults.stage.value(deleted) == "t" })
            #expect(eventually { access(orphan, F_OK) != 0 })
            #expect(access(file, F_OK) != 0)
            #expect(!faults.isArmed(.fileDeleted) && !faults.isArmed(.orphanFound))
            faults.expectInvariants()
        }
    }
}
