import Glibc
import Posix
import Testing

@testable import Storage

@Suite struct `Publishing a file` {
    private let folder: TemporaryFolder
    private let storage: StorageFolder
    private let name = StoredFileName(attempt(1), .csv)

    init() throws {
        folder = try TemporaryFolder()
        storage = try folder.storage()
    }

    @Test func `gives its size and digest and leaves it alone under its name`() throws {
        var file = try storage.create(name)
        try file.write("a,b\r\n")
        try file.write("")
        try file.write("1,2\r\n")
        #expect(file.size == 10)
        let published = try file.finish()

        #expect(published.size == 10)
        #expect(hexadecimal(published.sha256) == "ea14f99c47575613ab22111122c847728c61007f6bfd7b062d02fcb99df3feb0")
        #expect(try folder.listing() == ["files", "files/e5", published.relativePath])
        #expect(try File.bytes(at: storage.path(of: name)) == Array("a,b\r\n1,2\r\n".utf8))
        #expect(try storage.inspect(published) == .whole)
    }

    @Test func `makes files that only owner and group can read`() throws {
        _ = try storage.publish("x")
        var info = stat()
        #expect(stat(storage.path(of: name), &info) == 0)
        #expect(info.st_mode & 0o7777 & ~0o640 == 0)
    }

    @Test func `shows nothing but a part before it is finished`() throws {
        var file = try storage.create(name)
        try file.write("half")
        #expect(try folder.listing() == ["files", "files/e5", "\(name.relativePath).part"])
        _ = try file.finish()
    }

    @Test func `removes the part when it is given up`() throws {
        func abandon() throws {
            var file = try storage.create(name)
            try file.write("half")
        }
        try abandon()
        #expect(try folder.listing() == ["files", "files/e5"])
    }

    @Test func `refuses a second writer of the same attempt`() throws {
        func createAgain() -> StorageError.Code? {
            do {
                var file = try storage.create(name)
                try file.write("theirs")
                return nil
            } catch {
                return (error as? StorageError)?.code
            }
        }
        var file = try storage.create(name)
        try file.write("ours")
        #expect(createAgain() == .exists)
        let published = try file.finish()
        #expect(createAgain() == .exists)
        #expect(try storage.inspect(published) == .whole)
        #expect(try folder.listing() == ["files", "files/e5", name.relativePath])
    }

    @Test func `does not write through a link`() throws {
        let victim = "\(folder.path)/victim"
        mkdir("\(folder.path)/files/e5", 0o750)
        symlink(victim, "\(storage.path(of: name)).part")
        #expect(code { _ = try storage.publish("x") } == .exists)
        #expect(try File.status(victim) == nil)
    }

    @Test func `keeps the files of two attempts apart`() throws {
        let first = try storage.publish("first", attempt(1))
        let second = try storage.publish("second", attempt(2))
        let repeated = try storage.publish("repeated", attempt(2, token: "5c1e88d0-0ad4-4f7c-8a55-3d5c6a1e9b20"))
        #expect(Set([first, second, repeated].map(\.relativePath)).count == 3)
        #expect(try storage.inspect(first) == .whole)
        #expect(try storage.inspect(second) == .whole)
        #expect(try storage.inspect(repeated) == .whole)
    }

    @Test func `fails when its folder has gone, and can then do nothing more`() throws {
        var file = try storage.create(name)
        try file.write("x")
        unlink("\(storage.path(of: name)).part")
        rmdir("\(folder.path)/files/e5")
        var codes: [StorageError.Code?] = []
        for _ in 0..<2 {
            do {
                _ = try file.finish()
                codes.append(nil)
            } catch {
                codes.append(error.code)
            }
        }
        #expect(codes == [.missing, .io])
        do {
            try file.write("y")
            Issue.record("wrote to a file that was given up")
        } catch {
            #expect((error as? StorageError)?.code == .io)
        }
    }

    @Test func `says that a folder cannot be written`() throws {
        #expect(code { _ = try StorageFolder(root: "/proc/penstock") } != nil)
        // /tmp has files without names wherever tests run.
        #expect(try storage.probe() == nil)
        #expect(try folder.listing() == ["files"])
        rmdir("\(folder.path)/files")
        #expect(code { _ = try storage.probe() } == .missing)
    }

    @Test func `takes a root with slashes at its end`() throws {
        let published = try StorageFolder(root: folder.path + "//").publish("x")
        #expect(try storage.inspect(published) == .whole)
    }
}

/// The code of the StorageError that `body` throws.
func code(_ body: () throws -> Void) -> StorageError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? StorageError)?.code
    }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
