import Posix
import Storage
import Testing

@Suite struct `Signed links` {
    private static let newKey = "new " + String(repeating: "a1", count: 32)
    private static let oldKey = "old " + String(repeating: "b2", count: 32)
    private let now: Int64 = 1_800_000_000
    private let signer: LinkSigner
    private let link: DownloadLink

    init() throws {
        signer = try Self.signer(Self.newKey, Self.oldKey)
        link = DownloadLink(
            tenant: "tenant-1", job: someJob, epoch: 2, fileName: "orders-2026-05-07.csv", expires: now + 300)
    }

    private static func signer(_ lines: String...) throws -> LinkSigner {
        LinkSigner(try KeyRing(parsing: Array(lines.joined(separator: "\n").utf8)))
    }

    /// Nothing when the link is good.
    private func refusal(
        _ query: SignedQuery, by checker: LinkSigner? = nil, tenant: String = "tenant-1", job: UUID = someJob,
        epoch: Int = 2, fileName: String = "orders-2026-05-07.csv", at time: Int64? = nil
    ) -> LinkRefusal.Reason? {
        do {
            try (checker ?? signer).verify(
                query, tenant: tenant, job: job, epoch: epoch, fileName: fileName, now: time ?? now)
            return nil
        } catch {
            #expect("\(error)" == (error.reason == .expired ? "link_expired" : "invalid_signature"))
            return error.reason
        }
    }

    @Test func `are good until they expire and not a second longer`() {
        let query = signer.sign(link)
        #expect(refusal(query) == nil)
        #expect(refusal(query, at: now + 299) == nil)
        #expect(refusal(query, at: now + 300) == .expired)
        #expect(refusal(query, at: now + 301) == .expired)
    }

    @Test func `have one form`() {
        let query = signer.sign(link)
        #expect(query.kid == "new" && query.expires == "1800000300" && query.signature.utf8.count == 43)
        #expect(
            signer.url(for: link, publicURL: "https://reports.example/")
                == "https://reports.example/report/files/\(someJob)/orders-2026-05-07.csv?\(query.text)")
        #expect(query.text == "expires=1800000300&kid=new&sig=\(query.signature)")
    }

    @Test func `carry any file name percent-encoded`() {
        let link = DownloadLink(tenant: "t", job: someJob, epoch: 1, fileName: "a b/é?.csv", expires: now)
        #expect(link.path == "/report/files/\(someJob)/a%20b%2F%C3%A9%3F.csv")
    }

    @Test func `are refused when one bit of the signature is flipped`() {
        let query = signer.sign(link)
        let characters = Array(query.signature.utf8)
        for index in characters.indices {
            for bit in 0..<7 {
                var flipped = characters
                flipped[index] ^= 1 << bit
                let forged = String(decoding: flipped, as: UTF8.self)
                #expect(refusal(SignedQuery(expires: query.expires, kid: query.kid, signature: forged)) == .forged)
            }
        }
    }

    @Test func `are refused with a signature in any other spelling`() {
        let query = signer.sign(link)
        let good = query.signature
        for forged in ["", good + "=", good + "A", String(good.dropLast()), good.uppercased(), " " + good, good + good]
        {
            #expect(refusal(SignedQuery(expires: query.expires, kid: query.kid, signature: forged)) == .forged)
        }
    }

    @Test(arguments: [
        "", "1800000301", "1800000299", "1.8e9", " 1800000300", "1800000300 ", "+1800000300", "-1800000300",
        "01800000300",
        "٣", "18446744073709551616", "99999999999999999999999", "0x6b49d32c", "1800000300.0", "1800000300\n", "0",
        "1_800_000_300",
    ])
    func `are refused with another time or another spelling of it`(_ expires: String) {
        let query = signer.sign(link)
        #expect(refusal(SignedQuery(expires: expires, kid: query.kid, signature: query.signature)) == .forged)
    }

    @Test func `are refused beyond an hour even when we signed them`() {
        func signed(_ seconds: Int64) -> SignedQuery {
            signer.sign(
                DownloadLink(
                    tenant: "tenant-1", job: someJob, epoch: 2, fileName: link.fileName, expires: now + seconds))
        }
        #expect(refusal(signed(3600)) == nil)
        #expect(refusal(signed(3601)) == .forged)
        #expect(refusal(signed(98_000_000_000)) == .forged)
    }

    @Test func `are refused for another tenant, job, attempt or name`() {
        let query = signer.sign(link)
        #expect(refusal(query, tenant: "tenant-2") == .forged)
        #expect(refusal(query, job: UUID(high: someJob.high, low: someJob.low ^ 1)) == .forged)
        #expect(refusal(query, epoch: 3) == .forged)
        #expect(refusal(query, fileName: "orders-2026-05-08.csv") == .forged)
        #expect(refusal(query, fileName: "") == .forged)
    }

    @Test func `tell composed letters from decomposed ones`() {
        let composed = DownloadLink(tenant: "t", job: someJob, epoch: 1, fileName: "\u{E9}", expires: now + 9)
        let query = signer.sign(composed)
        #expect(refusal(query, tenant: "t", epoch: 1, fileName: "\u{E9}") == nil)
        #expect(refusal(query, tenant: "t", epoch: 1, fileName: "e\u{301}") == .forged)
    }

    @Test func `do not let bytes move from one field to the next`() {
        let one = DownloadLink(tenant: "ab", job: someJob, epoch: 1, fileName: "c", expires: now + 9)
        #expect(refusal(signer.sign(one), tenant: "a", epoch: 1, fileName: "bc") == .forged)
        #expect(refusal(signer.sign(one), tenant: "ab", epoch: 1, fileName: "c") == nil)
    }

    @Test func `are good under every key of the ring and no other`() throws {
        let byOld = try Self.signer(Self.oldKey, Self.newKey).sign(link)
        #expect(byOld.kid == "old")
        #expect(refusal(byOld) == nil)
        #expect(refusal(byOld, by: try Self.signer(Self.newKey)) == .forged)
        #expect(refusal(SignedQuery(expires: byOld.expires, kid: "new", signature: byOld.signature)) == .forged)
        for kid in ["", "OLD", "../../dev/null", "' or 1=1--", String(repeating: "k", count: 10_000)] {
            #expect(refusal(SignedQuery(expires: byOld.expires, kid: kid, signature: byOld.signature)) == .forged)
        }
    }
}
