import HTTP
import Posix
import Storage
import Testing

@testable import API

@Suite struct ReportTokenTests {
    @Test func `a link's token is over after its second, an id's never`() {
        let job = UUID.version7()
        let link = ReportToken(job: job, expires: 1_800_000_000)
        #expect(!link.isOver(now: 1_799_999_999) && link.isOver(now: 1_800_000_000) && link.isOver(now: 1_800_000_001))
        #expect(!ReportToken(job: job).isOver(now: .max))
        #expect(ReportToken.linkSeconds == 3600)
    }

    @Test func `a token opens for its tenant alone and holds what went in`() throws {
        let sealer = TokenSealer(try KeyRing(parsing: Array(("a " + String(repeating: "a1", count: 32)).utf8)))
        let token = ReportToken(job: UUID.version7(), expires: 1_800_000_000)
        let text = try token.sealed(by: sealer, tenant: "acme")
        #expect(ReportToken(text, openedBy: sealer, tenant: "acme") == token)
        #expect(ReportToken(text, openedBy: sealer, tenant: "nordic") == nil)
        #expect(!text.contains(token.job.description.prefix(8)))
    }
}
