import Glibc
import Posix
import Testing

@testable import Storage

@Suite struct `A file without a name` {
    private let folder: TemporaryFolder
    private let storage: StorageFolder
    private let name = StoredFileName(attempt(1), .csv, number: 2)

    init() throws {
        folder = try TemporaryFolder()
        storage = try folder.storage()
        mkdir("\(folder.path)/files/e5", 0o750)
    }

    /// Made in each of the two ways.
    private func makeFile(unlinked: Bool) throws -> FileDescriptor {
        // /tmp has files without names wherever tests run.
        try unlinked ? storage.scratch.makeUnlinkedFile() : storage.scratch.makeUnnamedFile()!
    }

    @Test(arguments: [false, true])
    func `leaves nothing in the folder and can be opened again through its process`(unlinked: Bool) throws {
        let file = try makeFile(unlinked: unlinked)
        #expect(try folder.listing() == ["files", "files/e5"])
        try file.writeAll(Array("1,2\r\n".utf8))
        #expect(try StoredObject(sharing: file.raw).open().readAll() == Array("1,2\r\n".utf8))
    }

    @Test(arguments: [false, true])
    func `is published with its size and digest, in place of one that an earlier process has left`(
        unlinked: Bool
    ) throws {
        for text in ["an earlier process's", "1,2\r\n"] {
            let file = try makeFile(unlinked: unlinked)
            try file.writeAll(Array(text.utf8))
            // As after a process that died while it copied.
            close(creat(storage.path(of: name.unfinished), 0o640))
            let published = try storage.publishPart(file.raw, as: name)
            #expect(published.size == Int64(text.utf8.count))
            #expect(try storage.inspect(published) == .whole)
        }
        #expect(try File.bytes(at: storage.path(of: name)) == Array("1,2\r\n".utf8))
        storage.discardParts(of: attempt(1))
        #expect(try folder.listing() == ["files", "files/e5"])
    }

    @Test func `is not made where the folder is gone`() throws {
        let error = #expect(throws: StorageError.self) {
            _ = try ScratchSpace(folder: "\(folder.path)/away").makeFile()
        }
        #expect(error?.code == .missing)
    }

    @Test func `whose process died before it took the name away is removed when it is old`() throws {
        let left = try [folder.path, "\(folder.path)/files"].map { folder in
            let path = "\(folder)/\(TemporaryName.make())"
            try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o640).close()
            return path
        }
        close(creat("\(folder.path)/.penstock-notes", 0o640))
        let now = Clock.wallMicroseconds
        #expect(try storage.removeTemporaries(olderThan: now - 3_600_000_000) == 0)
        #expect(left.allSatisfy { access($0, F_OK) == 0 })
        #expect(try storage.removeTemporaries(olderThan: now + 1_000_000) == 2)
        #expect(try folder.listing() == [".penstock-notes", "files", "files/e5"])
    }
}
