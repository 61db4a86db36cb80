import Glibc
import Jobs
import Posix
import Storage
import Support
import Testing

@testable import Service

/// Which storage folder a database takes for its own.
@Suite(.waits) struct StorageBindingTests {
    private let queue: Queue
    private let paths = (0..<2).map { _ in "\(TestRun.folder)/storage-\(Random.integer())" }

    init() throws {
        queue = try Queue.connect(try TemplateDatabase(.jobs).url, applicationName: "tests")
    }

    private func binding(_ path: String) throws -> StorageBinding {
        StorageBinding(try StorageFolder(root: path), queue)
    }

    private func isFault(_ state: StorageBinding.State, saying words: String) -> Bool {
        if case .fault(let reason) = state { reason.contains(words) } else { false }
    }

    @Test func `the first host's folder is bound, and another empty one is not until it is adopted`() throws {
        let (first, second) = (try binding(paths[0]), try binding(paths[1]))
        #expect(try first.refusal() == nil && second.refusal() == nil)
        let state = try first.establish()
        #expect(try first.establish() == state && first.refusal() == nil)
        let bound = try #require(try queue.boundStorage())
        #expect(state == .bound(bound))

        // Nothing has been stored yet, in neither of the two.
        #expect(isFault(try second.establish(), saying: "check --adopt-storage"))
        #expect(try second.refusal()?.contains("mount that one") == true)
        #expect(access("\(paths[1])/instance", F_OK) != 0)
        #expect(try second.adopt() == .bound(bound))
        #expect(try second.establish() == .bound(bound) && first.establish() == .bound(bound))
    }

    @Test func `a folder that two hosts share is bound for both, whichever of the two wrote its id`() throws {
        let id = try StorageFolder(root: paths[0]).makeIdentity(.version4())
        #expect(try binding(paths[0]).establish() == .bound(id))
        #expect(try binding(paths[0]).establish() == .bound(id))
    }

    @Test func `a folder with another id is refused, and adopted when the id is gone`() throws {
        _ = try binding(paths[0]).establish()
        let other = try StorageFolder(root: paths[1]).makeIdentity(.version4())
        let second = try binding(paths[1])
        for state in [try second.establish(), try second.adopt()] {
            #expect(isFault(state, saying: "belongs to another database"))
        }
        #expect(try StorageFolder(root: paths[1]).identity() == other)
        unlink("\(paths[1])/instance")
        let bound = try #require(try queue.boundStorage())
        #expect(try second.adopt() == .bound(bound) && bound != other)
    }

    @Test func `on a fresh database to adopt is to bind`() throws {
        let state = try binding(paths[0]).adopt()
        #expect(try state == .bound(#require(try queue.boundStorage())))
    }
}
