import Glibc
import JSON
import Posix
import Support
import Testing

extension ConformanceTests {
    /// The step between running and ready that only a large export has: some parts are finished, the rest is made.
    ///
    /// Two workers cut an export into parts; its conductor is held still in between, so that all surfaces are asked
    /// about one and the same moment.
    @Suite(.serialized) struct Parts {
        private static let stage = Result {
            try Stage([
                "PENSTOCK_WORKERS": "2", "PENSTOCK_TENANT_RUNNING": "1", "PENSTOCK_PART_FILE_SECONDS": "0",
                "PENSTOCK_STALL_SECONDS": "600", "DEMO_ROWS": "60000", "PENSTOCK_PARTS_FROM_ROWS": "20000",
            ])
        }

        /// The engine's own word on a job's parts.
        private func parts(_ id: String, _ stage: Stage) throws -> (told: PartsTold, sizes: [Int: Int]) {
            let rows = try stage.rows(
                "select number, state, file_size_bytes, stored_path from list_parts('\(id)') order by number")
            var told = PartsTold(total: rows.count, ready: [], files: [])
            var sizes: [Int: Int] = [:]
            for row in rows {
                guard let number = row[0].flatMap({ Int($0) }) else { continue }
                if row[1] == "ready" { told.ready.insert(number) }
                guard row[3] != nil else { continue }
                told.files.insert(number)
                sizes[number] = row[2].flatMap { Int($0) }
            }
            return (told, sizes)
        }

        /// Holds an export still once a part of it can be downloaded and another is not ready.
        private func hold(_ id: String, _ stage: Stage) throws -> pid_t {
            var conductor: pid_t = 0
            let isHeld = try eventually(within: 60) {
                conductor = PartFilesTests.conductor(stage) ?? 0
                let told = try parts(id, stage).told
                return conductor > 0 && !told.files.isEmpty && kill(conductor, SIGSTOP) == 0
            }
            guard isHeld else { throw Unmet("no part of \(id) had a file while it ran") }
            return conductor
        }

        /// Holds what each surface says of the parts against the engine's word. Messages that were under way when the
        /// conductor was stopped may still change that: the surfaces are asked again then.
        private func expectAll(
            _ id: String, _ job: JobNames, _ stage: Stage, _ step: String
        ) throws -> (told: PartsTold, sizes: [Int: Int], targets: [(surface: String, part: Int, target: String)]) {
            var answer: (told: PartsTold, sizes: [Int: Int]) = (PartsTold(total: 0), [:])
            var answers: [(SurfaceView, PartsAnswer?)] = []
            let isStill = try eventually {
                answer = try parts(id, stage)
                answers = try SurfaceView.all.map { ($0, try $0.parts?(stage.client, job, stage)) }
                return try parts(id, stage).told == answer.told
            }
            #expect(isStill, "\(step): the parts change while the export is held")
            var targets: [(String, Int, String)] = []
            for (surface, seen) in answers {
                #expect((seen == nil) == (surface.parts == nil), "\(step), \(surface.name)")
                guard let seen else { continue }
                #expect(seen.told == seen.known(answer.told), "\(step), \(surface.name)")
                targets += seen.targets.sorted { $0.key < $1.key }.map { (surface.name, $0.key, $0.value) }
            }
            return (answer.told, answer.sizes, targets)
        }

        @Test func `a large export of which a part is finished while the rest runs`() throws {
            let stage = try Self.stage.get()
            let suite = ConformanceTests()
            let anonymous = stage.client(.none)
            for maker in suite.makers {
                let make = try maker.make?(stage.client, stage)
                // A re-export reads the tables again, in parts, once the rows that were kept are gone.
                try stage.rows("update report_export_jobs set rows_expire_at = clock_timestamp() where state = 'ready'")
                let id = try make?() ?? ""
                let conductor = try hold(id, stage)
                defer { kill(conductor, SIGCONT) }
                let job = try suite.names(id, stage)
                let step = "in parts, made on \(maker.name)"
                var moment = Moment(state: "processing", isReexport: maker.ofReexports)
                try suite.expectAll(moment, job, stage, step)
                let (told, sizes, targets) = try expectAll(id, job, stage, step)
                #expect(told.total > told.ready.count && !told.ready.isEmpty, "\(step): \(told)")
                // Both surfaces that have it lead to the same file.
                #expect(Set(targets.map(\.surface)) == ["exports", "recent"], "\(step)")
                for (surface, part, target) in targets {
                    let reply = try anonymous.get(target)
                    #expect(reply.status == 200 && reply.body.count == sizes[part], "\(step), \(surface), \(part)")
                }

                kill(conductor, SIGCONT)
                let done = try stage.client.job(id, reaching: "ready", within: 120)
                moment = Moment(state: "ready", rows: done["rowCount"]?.int, isReexport: maker.ofReexports)
                var ready = job
                ready.sha256 = done["metadata"]?["sha256"]?.string ?? ""
                try suite.expectAll(moment, ready, stage, "ready, \(step)")
                // All parts are ready and none has a file of its own any more.
                let whole = try expectAll(id, ready, stage, "ready, \(step)")
                #expect(whole.told == PartsTold(total: told.total, ready: Set(1...told.total), files: []))
                for link in targets { #expect(try anonymous.get(link.target).status == 410, "\(step)") }

                // An equal request on the Recent API would get this one.
                try stage.rows("update report_export_jobs set expires_at = clock_timestamp() where state = 'ready'")
                try stage.rows("select expire_jobs()")
                moment.state = "expired"
                try suite.expectAll(moment, ready, stage, "expired, \(step)")
            }
        }

        @Test func `a large export that is cancelled after its first part`() throws {
            let stage = try Self.stage.get()
            let suite = ConformanceTests()
            for canceller in suite.cancellers {
                let id = try stage.client.create(SurfaceView.request)["id"]?.string ?? ""
                _ = try hold(id, stage)
                let job = try suite.names(id, stage)
                let targets = try expectAll(id, job, stage, "before it is cancelled on \(canceller.name)").targets
                #expect(!targets.isEmpty)
                #expect(try canceller.cancel?(stage, job) == 200, "\(canceller.name)")
                let step = "in parts, cancelled on \(canceller.name)"
                try suite.expectAll(Moment(state: "cancelled"), job, stage, step)
                #expect(try expectAll(id, job, stage, step).targets.isEmpty, "\(step)")
                for link in targets { #expect(try stage.client(.none).get(link.target).status == 410, "\(step)") }
            }
        }
    }
}
