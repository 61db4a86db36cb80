import Posix
import Testing

@testable import Storage

@Suite struct `Names on disk` {
    @Test func `are made of the job's id, the claim and the content`() {
        let name = StoredFileName(attempt(2), .csvGzip)
        #expect(name.description == "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2-9f03b1c7.csv.gz")
        #expect(name.relativePath == "files/e5/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2-9f03b1c7.csv.gz")
        #expect(name.internalURI == "/_penstock_files/e5/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2-9f03b1c7.csv.gz")
    }

    @Test func `of releases that knew no claim are still read`() throws {
        let text = "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.p3.csv.gz"
        let name = try #require(StoredFileName(text))
        #expect(name.job == someJob && name.epoch == 2 && name.number == 3 && name.content == .csvGzip)
        #expect(name.description == text && name != StoredFileName(attempt(2), .csvGzip, number: 3))
        #expect(StoredFileName(relativePath: "files/e5/\(text)") == name)
    }

    @Test func `read back as they were written`() throws {
        for content in StoredFileName.Content.all {
            let name = StoredFileName(attempt(17), content)
            #expect(StoredFileName(name.description) == name)
            #expect(StoredFileName(relativePath: name.relativePath) == name)
            let unfinished = try #require(StoredFileName("\(name).part"))
            #expect(
                unfinished.isUnfinished && unfinished.attempt == attempt(17) && unfinished.content == content)
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
        "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2-.csv", "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2-9f03b1c.csv",
        "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2-9F03B1C7.csv", "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2-9f03b1cg.csv",
        "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.-9f03b1c7.csv",
        "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2-9f03b1c7-9f03b1c7.csv",
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
