import Glibc
import JSON
import Posix
import Support
import Testing

/// A file system of its own for a stage's database and files, whose power can be cut.
///
/// EXT4_IOC_SHUTDOWN without flushing its journal: from one moment to the next no write reaches the disk, as when the
/// power goes (xfstests cuts it this way). All that the kernel had in memory is lost with the file system's end.
private struct Disk {
    private let image: String
    private let folder: String
    private let places: [(inside: String, outside: String)]

    /// Moves the server's data and the storage of a stage there; its service and PostgreSQL must not run.
    init(for faults: FaultStage) throws {
        folder = "\(faults.stage.state)/disk"
        image = "\(folder).image"
        places = [("data", faults.data), ("storage", "\(faults.stage.state)/storage")]
        mkdir(folder, 0o711)
        _ = try Shell.output(["truncate", "-s", "1G", image])
        _ = try Shell.output(["mkfs.ext4", "-q", image])
        _ = try Shell.output(["mount", "-o", "loop", image, folder])
        for (inside, outside) in places { _ = try Shell.output(["cp", "-a", outside, "\(folder)/\(inside)"]) }
        _ = try Shell.output(["sync", "-f", folder])
        try attach()
    }

    private func attach() throws {
        for (inside, outside) in places {
            _ = try Shell.output(["mount", "--bind", "\(folder)/\(inside)", outside])
        }
    }

    func cut() throws {
        let script =
            "import fcntl, os, sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, b'\\2\\0\\0\\0')"
        _ = try Shell.output(["python3", "-c", script, folder])
    }

    /// The power comes back; no process must have a file open there.
    ///
    /// What is mounted is a copy of the image: any mount namespace that was made meanwhile, by whatever runs beside,
    /// holds the dead file system, and a mount of the same image would be that one again.
    func restore() throws {
        for place in places.map(\.outside) + [folder] {
            let gone = try eventually { try Shell.run(["umount", place]).status == 0 }
            guard gone else { throw Unmet("\(place) is in use") }
        }
        _ = try Shell.output(["cp", "--sparse=always", image, "\(image).next"])
        _ = try Shell.output(["mv", "\(image).next", image])
        _ = try Shell.output(["mount", "-o", "loop", image, folder])
        try attach()
    }

    /// Takes it away, whoever uses it.
    func remove() {
        for place in places.map(\.outside) + [folder] { _ = try? Shell.run(["umount", "-l", place]) }
        unlink(image)
    }
}

extension PrivateFaults {
    @Suite struct PowerCuts {
        /// `make sweep` for two hundred.
        private static let cuts = environmentValue("PENSTOCK_CUTS").flatMap { Int($0) } ?? 2

        @Test(.enabled(if: getuid() == 0 && access("/dev/loop-control", W_OK) == 0, "needs root and loop devices"))
        func `F39 after a power cut every ready row has its file, and no job that was accepted is lost`() throws {
            let faults = try FaultStage(["PENSTOCK_WORKERS": "2"], rows: 100)
            kill(faults.supervisor, SIGTERM)
            try #require(eventually { Process.state(faults.supervisor) == "Z" })
            try faults.stopPostgres(SIGINT)
            let disk = try Disk(for: faults)
            defer { disk.remove() }
            var accepted: Set<String> = []
            var looked = 0
            func ready() throws -> Int {
                Int(try faults.stage.value("select count(*) from report_export_jobs where state = 'ready'") ?? "") ?? 0
            }
            try start(faults)
            for cut in 1...Self.cuts {
                for _ in 0..<6 { accepted.insert(try faults.create(nil, "kept")) }
                // At some moment of their making.
                let wanted = accepted.count - Int.random(in: 1...5)
                try #require(try eventually { try ready() >= wanted })
                try disk.cut()
                kill(faults.supervisor, SIGKILL)
                try faults.stopPostgres(SIGQUIT)
                try disk.restore()

                try faults.startPostgres(waitingForDisk: true)
                #expect(try faults.brokenFiles() == [], "cut \(cut)")
                let rows = Set(try faults.stage.rows("select id from report_export_jobs").compactMap { $0[0] })
                #expect(accepted.isSubset(of: rows), "cut \(cut)")
                looked += try ready()
                try faults.serve()
                try faults.waitUntilServing(within: 30)
                #expect(try eventually { try ready() >= accepted.count }, "cut \(cut)")
                #expect(try faults.stage.value("select count(*) from report_export_jobs") == "\(accepted.count)")
            }
            print("\(Self.cuts) power cuts, \(looked) ready files and their kept rows looked at after them")
            faults.expectInvariants(within: 30)
        }

        private func start(_ faults: FaultStage) throws {
            try faults.startPostgres(waitingForDisk: true)
            try faults.serve()
            try faults.waitUntilServing()
        }
    }
}
