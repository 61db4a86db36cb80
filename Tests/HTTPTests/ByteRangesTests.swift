import HTTP
import Testing

/// The verdicts are nginx's, seen with 1.22.1 and `max_ranges 1`; Acceptance asks a real one.
struct ByteRangesTests {
    @Test(arguments: [
        "bytes=1000-", "bytes=1000-2000", "BYTES=1001-", "bytes=-0", "bytes=x", "bytes=1-x", "bytes=5-4", "bytes=-",
        "bytes=1000-,2000-", "bytes=99999999999999999999-", "bytes= 1000 - ", "bytes=1",
    ])
    func `refuses what lies behind the end and what is no range`(_ header: String) {
        #expect(ByteRanges.areRefused(header, size: 1_000))
    }

    @Test(arguments: [
        "", "bytes=0-", "bytes=999-", "bytes=0-0", "bytes=-1", "bytes=-5000", "bytes=0-99999", "bytes=1000-,0-0",
        "bytes=0-0,5-5", "bytes=0-0,2-2,x", "lines=5000-", "bytes", "bytes=", "bytes=0 - 5",
    ])
    func `takes what a file has`(_ header: String) {
        #expect(!ByteRanges.areRefused(header, size: 1_000))
    }

    @Test func `an empty file is sent as a whole`() {
        #expect(!ByteRanges.areRefused("bytes=0-", size: 0) && !ByteRanges.areRefused("bytes=-1", size: 0))
        #expect(ByteRanges.areRefused("bytes=1-", size: 0))
    }
}
