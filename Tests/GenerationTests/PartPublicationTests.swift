import Formats
import Posix
import Storage
import Support
import Testing

@testable import Generation

struct PartPublicationTests {
    @Test(
        arguments: [
            (1_000, 2_000, 10_000, true), (1_900, 2_000, 10_000, false), (0, 2_000, 10, true), (5, 3, 60_000, false),
            (1, Int64.max, 60_000, true), (1, Int64.max - 1, 1, true), (Int64.max, Int64.max, 60_000, false),
        ] as [(Int64, Int64, Int64, Bool)])
    func `a part gets a file where the rest takes long, whatever the planner says`(
        done: Int64, total: Int64, milliseconds: Int64, isWorthwhile: Bool
    ) throws {
        let folder = "\(TestRun.folder)/publication-\(Random.integer() % 1_000_000_000)"
        try File.makeFolders(folder)
        let publication = PartPublication(
            storage: try StorageFolder(root: folder),
            attempt: StoredAttempt(job: UUID.version7(), epoch: 1, token: UUID.version7().description),
            content: .rows, patienceMilliseconds: 10_000)
        #expect(publication.isWorthwhile(done: done, of: total, after: milliseconds) == isWorthwhile)
    }
}
