import Posix
import Testing

@Suite struct `ULID text of an id` {
    /// Worked out with Python: an integer of 128 bits, five bits at a time.
    @Test(arguments: [
        ("00000000-0000-0000-0000-000000000000", "00000000000000000000000000"),
        ("00000000-0000-0000-0000-000000000001", "00000000000000000000000001"),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
        ("01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5", "01JXX3S6JJFF8RYVGBDP7HR8F5"),
        ("80000000-0000-0000-8000-000000000000", "40000000000008000000000000"),
    ])
    func `is the 128 bits in Crockford's base32`(_ uuid: String, _ ulid: String) throws {
        let id = try #require(UUID(uuid))
        #expect(id.ulid == ulid)
        #expect(UUID(ulid: ulid) == id)
        #expect(UUID(ulid: ulid.lowercased()) == id)
    }

    @Test func `comes back from any id and sorts as the ids do`() {
        var ids = (0..<500).map { UUID.version7(now: Int64($0) * 7_777_777_000) }
        ids += (0..<500).map { _ in UUID.version4() }
        for id in ids { #expect(UUID(ulid: id.ulid) == id) }
        let sorted = ids.sorted { ($0.high, $0.low) < ($1.high, $1.low) }
        #expect(ids.map(\.ulid).sorted() == sorted.map(\.ulid))
    }

    @Test(arguments: [
        "", "0", "0000000000000000000000000", "000000000000000000000000000", "80000000000000000000000000",
        "Z0000000000000000000000000", "0000000000000000000000000I", "0000000000000000000000000L",
        "0000000000000000000000000O", "0000000000000000000000000U", "0000000000000000000000000é",
        " 0000000000000000000000000", "0000000000000000000000000-", "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5",
    ])
    func `is refused when it is not exactly one`(_ text: String) {
        #expect(UUID(ulid: text) == nil)
    }
}
