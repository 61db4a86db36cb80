import Glibc
import JSON
import Posix
import Support
import Testing

extension Faults {
    /// Files that cannot be written, that go, or that nobody knows.
    @Suite struct Files {
        private func path(of id: String, _ faults: FaultStage) throws -> String {
            let stored = try faults.stage.value("select stored_path from report_export_jobs where id = '\(id)'") ?? ""
            return "\(faults.stage.state)/storage/\(stored)"
        }

        /// The housekeeper begins with everything; a new one starts at once.
        private func keepHouse(_ faults: FaultStage) throws {
            let old = Process.named("housekeeper", under: faults.supervisor)
            for pid in old { kill(pid, SIGKILL) }
            let fresh = eventually {
                let now = Process.named("housekeeper", under: faults.supervisor)
                return !now.isEmpty && Set(now).isDisjoint(with: old)
            }
            guard fresh else { throw Unmet("there is no new housekeeper") }
        }

        private func age(_ path: String) throws {
            _ = try Shell.output(["touch", "-d", "2 hours ago", path])
        }

        @Test(.enabled(if: getuid() == 0, "a small file system can be mounted by root only"))
        func `F35 on a full disk exports wait with their reason and leave nothing, and are made when there is room`()
            throws
        {
            let faults = try FaultStage(rows: 8_000)
            let folder = "\(faults.stage.state)/storage/files"
            _ = try Shell.output(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder])
            defer { _ = try? Shell.run(["umount", "-l", folder]) }
            // It begins, for there is room, and needs more than there is.
            let large = try faults.create()
            #expect(try eventually { try faults.client.job(large)["waiting"]?["code"] == "storage_full" })
            #expect(eventually { faults.files().isEmpty })

            // Below the reserve nothing begins, and the reason is the same.
            try faults.define(rows: 100)
            // It ends when there is no room left.
            _ = try Shell.run(["dd", "if=/dev/zero", "of=\(folder)/other", "bs=64k", "count=63"])
            let small = try faults.create()
            #expect(try eventually { try faults.client.job(small)["waiting"]?["code"] == "storage_full" })
            #expect(try faults.row(small).epoch == 0)
            let check = try faults.stage.penstock("check")
            #expect(check.status == 0 && check.text.contains("warning\tstorage: "), "\(check.text)")

            unlink("\(folder)/other")
            _ = try faults.digest(small)
            _ = try faults.digest(large)
            #expect(try faults.row(large).attempts == 1)
            faults.expectInvariants()
        }

        @Test(.enabled(if: getuid() == 0, "strace must attach to a process that is not dumpable"))
        func `F40 a sync that takes longer than a worker may be silent is no stall`() throws {
            let faults = try Faults.shared(rows: 100)
            let dispatcher = try faults.dispatcher()
            let null = try FileDescriptor.open("/dev/null", O_RDWR)
            // Microseconds; the stage's STALL_SECONDS is 3.
            let tracer = try Launched(
                [
                    "strace", "-f", "-qq", "-p", "\(dispatcher)", "-e", "trace=fdatasync", "-e",
                    "inject=fdatasync:delay_enter=5500000",
                ], environment: plainEnvironment(), descriptors: (null.raw, null.raw, null.raw))
            defer {
                kill(tracer.pid, SIGTERM)
                _ = tracer.wait(within: 5)
            }
            try #require(
                eventually { Process.words("/proc/\(dispatcher)/status", 10).contains("TracerPid:\t\(tracer.pid)") })
            let stalls = faults.log.count(of: "export stalled")
            let id = try faults.create()
            _ = try faults.digest(id)
            #expect(try faults.row(id).attempts == 1)
            #expect(faults.log.count(of: "export stalled") == stalls)
            faults.expectInvariants()
        }

        @Test func `F41 without its storage folder the service lets jobs wait`() throws {
            let faults = try Faults.shared(rows: 10)
            _ = try faults.digest(try faults.create())
            let instance = "\(faults.stage.state)/storage/instance"
            rename(instance, instance + ".away")
            let id = try faults.create()
            #expect(eventually { faults.log.contains("storage is not ready") })
            #expect(try faults.row(id).state == "pending")
            rename(instance + ".away", instance)
            _ = try faults.digest(id)
            #expect(try faults.row(id).attempts == 1)
            faults.expectInvariants()
        }

        /// As when the queue was set back to before a claim, and the storage was not.
        @Test(arguments: ["1.csv", "1-00c0ffee.csv", "1-00c0ffee.csv.part"])
        func `F67 a file of an earlier claim with the same epoch costs no attempt, and nothing is left of it`(
            _ name: String
        ) throws {
            let faults = try Faults.shared(rows: 10)
            let dispatcher = try faults.dispatcher()
            kill(dispatcher, SIGSTOP)
            defer { kill(dispatcher, SIGCONT) }
            let id = try faults.create()
            let folder = "\(faults.stage.state)/storage/files/\(id.suffix(2))"
            mkdir(folder, 0o750)
            let taken = "\(folder)/\(id).\(name)"
            try faults.write("of an earlier claim", to: taken)
            kill(dispatcher, SIGCONT)
            _ = try faults.digest(id)
            let row = try faults.row(id)
            #expect(row.attempts == 1 && row.epoch == 1)
            let path = try path(of: id, faults)
            #expect(path.hasPrefix("\(folder)/\(id).1-") && path.hasSuffix(".csv") && path != taken)
            #expect(eventually { access(taken, F_OK) != 0 })
            faults.expectInvariants()
        }

        @Test func `F42 a file that was cut is never sent, its job says so, and is ready again with the whole file`()
            throws
        {
            let faults = try Faults.shared(rows: 1000)
            let id = try faults.create()
            let digest = try faults.digest(id)
            let receipt = try receipt(id, faults)
            let link = try faults.client.link(id)
            let file = try path(of: id, faults)
            _ = try Shell.output(["cp", "-p", file, "\(faults.stage.state)/copy"])
            truncate(file, 1000)
            let reply = try faults.client.get(link)
            #expect(reply.status == 500)
            #expect(try reply.json["message"] == "integrity_error")
            #expect(try eventually(within: 60) { try faults.row(id).error == "file_damaged" })
            #expect(try faults.client.get(link).status == 410)
            #expect(try faults.client.get(link.replacing("expires=1", with: "expires=2")).status == 403)
            #expect(Process.size(of: file) == 1000)

            rename("\(faults.stage.state)/copy", file)
            #expect(try eventually(within: 60) { try faults.row(id).state == "ready" })
            #expect(try self.receipt(id, faults) == receipt)
            #expect(try faults.client.get(link).status == 200)
            #expect(try faults.digest(id) == digest)
            faults.expectInvariants()
        }

        private func receipt(_ id: String, _ faults: FaultStage) throws -> [[String?]] {
            try faults.stage.rows(
                """
                select file_name, stored_path, file_size_bytes, row_count, sha256, metadata, completed_at, expires_at
                from report_export_jobs where id = '\(id)'
                """)
        }

        @Test func `F41 many files that are away fail no export, and one that is gone fails its own`() throws {
            let faults = try Faults.shared(rows: 10)
            let ids = try (0..<8).map { _ in try faults.create() }
            for id in ids { _ = try faults.digest(id) }
            let states =
                "select count(*) from report_export_jobs where state = 'ready' and id in "
                + "(\(ids.map { "'\($0)'" }.joined(separator: ",")))"
            let files = "\(faults.stage.state)/storage/files"
            // The folder's identity is there, the disk under it is not.
            rename(files, "\(files).away")
            mkdir(files, 0o750)
            let alarms = { faults.log.lines(with: "too many files are missing").count }
            #expect(eventually(within: 60) { alarms() >= 3 })
            #expect(try faults.stage.value(states) == "8")
            rmdir(files)
            rename("\(files).away", files)
            for id in ids { #expect(try faults.client.get(try faults.client.link(id)).status == 200) }

            let file = try path(of: ids[0], faults)
            rename(file, "\(faults.stage.state)/away")
            #expect(try eventually(within: 60) { try faults.row(ids[0]).error == "file_missing" })
            #expect(try faults.stage.value(states) == "7")
            rename("\(faults.stage.state)/away", file)
            #expect(try eventually(within: 60) { try faults.stage.value(states) == "8" })
            faults.expectInvariants()
        }

        @Test func `F43 an open download survives the file's expiry, and afterwards the answer is 410`() throws {
            let faults = try Faults.shared(rows: 20_000)
            let id = try faults.create()
            _ = try faults.digest(id)
            let link = try faults.client.link(id)
            let size = Process.size(of: try path(of: id, faults))
            // Nothing but the head has been read when the file goes: the socket's buffers hold a part of it at most.
            let download = try faults.stage.client(.none).begin("GET", link)
            let begun = try download.read(1000)
            try faults.stage.rows(
                "update report_export_jobs set expires_at = now() - interval '1 hour' where id = '\(id)'")
            try keepHouse(faults)
            let file = try path(of: id, faults)
            #expect(eventually { Process.size(of: file) == 0 })
            var count = begun.count
            while case let more = try download.read(), !more.isEmpty { count += more.count }
            #expect(Int64(count) > size)
            #expect(try faults.client.get(link).status == 410)
            #expect(try faults.client.get("/report/exports/\(id)/download").status == 410)
            faults.expectInvariants()
        }

        @Test func `F44 a sweep takes old files without a row, and leaves young ones and those of a running job`()
            throws
        {
            let faults = try Faults.shared()
            let running = try faults.create()
            let child = try faults.stoppedExport()
            let root = "\(faults.stage.state)/storage/files"
            mkdir("\(root)/aa", 0o750)
            let old = "\(root)/aa/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21aa.1.csv"
            let young = "\(root)/aa/01977a3c-9a52-7bd1-8f6e-0b6d8f1c22aa.1.csv.part"
            let foreign = "\(root)/aa/README"
            for path in [old, young, foreign] { try faults.write("x", to: path) }
            for path in [old, foreign] + faults.files().filter({ $0.contains(running) }) { try age(path) }
            try keepHouse(faults)
            #expect(eventually { Process.size(of: old) == 0 })
            #expect(Process.size(of: young) == 1)
            #expect(Process.size(of: foreign) == 1)
            kill(child, SIGCONT)
            _ = try faults.digest(running)
            unlink(young)
            unlink(foreign)
            faults.expectInvariants()
        }

        @Test func `a storage folder of another database is neither swept nor served from`() throws {
            let faults = try Faults.shared(rows: 10)
            _ = try faults.digest(try faults.create())
            let root = "\(faults.stage.state)/storage"
            let orphan = "\(root)/files/bb/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21bb.1.csv"
            mkdir("\(root)/files/bb", 0o750)
            try faults.write("x", to: orphan)
            try age(orphan)
            rename("\(root)/instance", "\(root)/instance.away")
            try faults.write("01977a3c-9a52-7bd1-8f6e-0b6d8f1c2199\n", to: "\(root)/instance")
            try keepHouse(faults)
            #expect(eventually { faults.log.contains("belongs to another database") })
            #expect(Process.size(of: orphan) == 1)
            #expect(
                try faults.stage.value("select count(*) from report_export_jobs where error_code = 'file_missing'")
                    == "0")
            let check = try faults.stage.penstock("check")
            #expect(check.status == 78)
            rename("\(root)/instance.away", "\(root)/instance")
            try keepHouse(faults)
            #expect(eventually { Process.size(of: orphan) == 0 })
            faults.expectInvariants()
        }
    }
}
