import Testing

@testable import API
@testable import Identity

struct RefusalLogTests {
    @Test func `five of a reason are told in a minute, and how many more there were with the next`() {
        var log = RefusalLog()
        let expired = CredentialRefusal("token_expired", kid: "a")
        #expect((0..<8).map { log.take(expired, at: $0) } == [0, 0, 0, 0, 0, nil, nil, nil])
        #expect(log.take(CredentialRefusal("password_wrong"), at: 9) == 0)
        #expect(log.take(expired, at: 59_999) == nil)
        #expect(log.take(expired, at: 60_000) == 4 && log.take(expired, at: 60_001) == 0)
    }
}
