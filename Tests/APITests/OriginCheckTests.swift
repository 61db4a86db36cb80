import HTTP
import Testing

@testable import API

@Suite struct OriginCheckTests {
    private let check = OriginCheck(trusting: ["https://erp.example.com"])

    private func allows(_ method: Method = .post, _ fields: [(String, String)]) -> Bool {
        check.allows(Request(method: method, path: "/report/exports", headers: Headers(fields)))
    }

    @Test(arguments: [
        [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example.org")],
        [("Sec-Fetch-Site", "same-site"), ("Origin", "https://other.example.com")],
        [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "")], [("Sec-Fetch-Site", "Same-Origin")],
        [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
        // Pages that are not encrypted: their browsers send Origin alone.
        [("Host", "erp.example.com"), ("Origin", "http://evil.example.org")],
        [("Host", "erp.example.com"), ("Origin", "null")], [("Host", "erp.example.com"), ("Origin", "")],
        [("Host", "erp.example.com:8080"), ("Origin", "http://erp.example.com")],
        [("Host", "erp.example.com"), ("Origin", "https://erp.example.com.evil.example.org")],
        [("Origin", "http://evil.example.org")],
        [("Origin", "https://erp.example.com"), ("Origin", "https://evil.example.org")],
    ])
    func `a change that a page elsewhere asks for is not allowed`(fields: [(String, String)]) {
        for method in [Method.post, .put, .patch, .delete] { #expect(!allows(method, fields), "\(method)") }
        for method in [Method.get, .head, .options] { #expect(allows(method, fields), "\(method)") }
    }

    @Test(arguments: [
        [], [("Host", "erp.example.com")], [("Sec-Fetch-Site", "same-origin"), ("Origin", "http://localhost:8080")],
        [("Sec-Fetch-Site", "none")], [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://erp.example.com")],
        [("Origin", "https://ERP.example.com")], [("Host", "10.0.0.7:8080"), ("Origin", "http://10.0.0.7:8080")],
        [("Host", "Erp"), ("Origin", "http://erp")],
    ])
    func `one that comes from here, from a trusted page, or from no page is allowed`(fields: [(String, String)]) {
        #expect(allows(.post, fields))
    }
}
