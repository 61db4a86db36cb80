import Glibc
import Posix
import Testing

@testable import Storage

@Suite struct `Storage errors` {
    @Test(arguments: [
        (ENOSPC, "storage_full"), (EDQUOT, "storage_full"), (EFBIG, "storage_full"), (EIO, "storage_error"),
        (EROFS, "storage_error"), (EEXIST, "storage_conflict"), (ENOENT, "storage_missing"),
    ])
    func `tell a client a word and the log everything`(number: Int32, word: String) {
        let error = StorageError(PosixError("write", errorNumber: number), path: "/srv/files/secret")
        #expect("\(error)" == word)
        #expect(String(reflecting: error).contains("write /srv/files/secret: "))
    }
}
