import Posix
import Testing

@testable import Storage

@Suite struct `Names on disk` {
    @Test func `are made of the job's id, the epoch and the content`() {
        let name = StoredFileName(job: someJob, epoch: 2, content: .csvGzip)
        #expect(name.description == "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv.gz")
        #expect(name.relativePath == "files/e5/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv.gz")
        #expect(name.internalURI == "/_penstock_files/e5/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv.gz")
    }

    @Test func `read back as they were written`() throws {
        for content in StoredFileName.Content.all {
            let name = StoredFileName(job: someJob, epoch: 17, content: content)
            #expect(StoredFileName(name.description) == name)
            #expect(StoredFileName(relativePath: name.relativePath) == name)
            let unfinished = try #require(StoredFileName("\(name).part"))
            #expect(
                unfinished.isUnfinished && unfinished.job == someJob && unfinished.epoch == 17
                    && unfinished.content == content)
        }
    }

    @Test(arguments: [
        "", ".", "..", "a", "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5", "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2",
        "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.", "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.exe",
        "01977A3C-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv", "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.02.csv",
        "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.+2.csv", "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.-2.csv",
        "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv ", "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv.part.part",
        "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv\n", "../01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv",
        "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.99999999999999999999.csv", "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5..csv",
    ])
    func `are nothing else`(_ text: String) {
        #expect(StoredFileName(text) == nil)
    }

    @Test(arguments: [
        "files/e4/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv", "/files/e5/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv",
        "files/../files/e5/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv", "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv",
        "files//e5/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv", "files/e5/", "/etc/passwd", "",
    ])
    func `stand in one folder and no other`(_ path: String) {
        #expect(StoredFileName(relativePath: path) == nil)
    }
}
