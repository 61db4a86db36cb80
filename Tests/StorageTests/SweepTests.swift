import Glibc
import Posix
import Testing

@testable import Storage

@Suite struct `Files after publishing` {
    private let folder: TemporaryFolder
    private let storage: StorageFolder

    init() throws {
        folder = try TemporaryFolder()
        storage = try folder.storage()
    }

    @Test func `are listed with job, epoch, size and age, unfinished ones too`() throws {
        let before = Clock.wallMicroseconds - 1_000_000
        let published = try storage.publish("12345", attempt(3))
        var unfinished = try storage.create(StoredFileName(attempt(4), .csv))
        try unfinished.write("12")
        let found = try storage.files(inShard: "e5")
        #expect(found.map(\.name.job) == [someJob, someJob])
        #expect(found.map(\.name.epoch) == [3, 4])
        #expect(found.map(\.name.isUnfinished) == [false, true])
        #expect(found.map(\.size) == [5, 2])
        #expect(found.allSatisfy { $0.modified >= before })
        #expect(found[0].name == published.name)
        #expect(try storage.files(inShard: "e4").isEmpty)
        #expect(StorageFolder.shards.count == 256 && Set(StorageFolder.shards).count == 256)
        _ = try unfinished.finish()
    }

    @Test func `are not listed when they are not ours`() throws {
        let shard = "\(folder.path)/files/e5"
        mkdir(shard, 0o750)
        for name in ["readme", "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e4.1.csv", ".hidden", "x.1.csv"] {
            close(creat("\(shard)/\(name)", 0o640))
        }
        mkdir("\(shard)/\(StoredFileName(attempt(1), .csv))", 0o750)
        symlink("/etc/passwd", "\(shard)/\(StoredFileName(attempt(2), .csv))")
        #expect(try storage.files(inShard: "e5").isEmpty)
    }

    @Test func `go with their own attempt and with no other, also of the same epoch`() throws {
        let (lost, held) = (attempt(1), attempt(1, token: "5c1e88d0-0ad4-4f7c-8a55-3d5c6a1e9b20"))
        let older = StoredAttempt(job: someJob, epoch: 1, claim: nil)
        for attempt in [lost, held, older] {
            _ = try storage.publish("x", attempt)
            var part = try storage.create(StoredFileName(attempt, .csv, number: 2))
            try part.write("y")
            _ = try part.finish()
        }
        storage.discard(lost)
        let left = try storage.files(inShard: "e5").map(\.name)
        #expect(Set(left.map(\.attempt)) == [held, older])
        #expect(left.filter { $0.number == 2 }.count == 2)
        storage.discardParts(of: held)
        #expect(try storage.files(inShard: "e5").filter { $0.name.attempt == held }.map(\.name.number) == [nil])
    }

    @Test func `are removed once`() throws {
        let published = try storage.publish("x")
        #expect(try storage.remove(relativePath: published.relativePath))
        #expect(try storage.remove(published.name) == false)
        #expect(try folder.listing() == ["files", "files/e5"])
    }

    @Test(arguments: ["../keep", "files/../keep", "keep", "/etc/passwd", "files/e5", ""])
    func `are not removed by any other path`(_ path: String) throws {
        close(creat("\(folder.path)/keep", 0o640))
        #expect(code { try storage.remove(relativePath: path) } == .refused)
        #expect(try folder.listing() == ["files", "keep"])
    }

    @Test func `are found damaged when a byte has changed, and at a glance when the size has`() throws {
        let published = try storage.publish("hello")
        let path = storage.path(of: published.name)
        let descriptor = creat(path, 0o640)
        #expect(Glibc.write(descriptor, "jello", 5) == 5)
        close(descriptor)
        #expect(try storage.glance(at: published) == .whole)
        #expect(try storage.inspect(published) == .damaged)
        truncate(path, 3)
        #expect(try storage.glance(at: published) == .damaged)
        unlink(path)
        #expect(try storage.glance(at: published) == .missing)
    }
}
