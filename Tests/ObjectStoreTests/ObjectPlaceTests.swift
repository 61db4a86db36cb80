import Testing

@testable import ObjectStore

struct ObjectPlaceTests {
    @Test func `a bucket is named in the path or in the host`() throws {
        let path = try #require(
            ObjectPlace("s3://exports/some/place/", endpoint: "https://s3.example.com:9000/", style: .path))
        #expect(path.origin == "https://s3.example.com:9000" && path.path(of: "a/b c") == "/exports/some/place/a/b%20c")
        #expect(path.description == "s3://exports/some/place")
        let host = try #require(ObjectPlace("s3://exports", endpoint: "https://s3.example.com:443", style: .host))
        #expect(host.origin == "https://exports.s3.example.com" && host.path(of: "a") == "/a")
    }

    @Test(arguments: [
        ("s3://ex/p", "https://h"), ("/var/lib", "https://h"), ("s3://exports/a//b", "https://h"),
        ("s3://exports/../b", "https://h"), ("s3://exports/a b", "https://h"), ("s3://exports", "ftp://h"),
        ("s3://exports", "https://"), ("s3://exports", "https://user@h"), ("s3://exports", "https://h/path"),
        ("s3://exports/a\";", "https://h"),
    ])
    func `what is no address of a bucket is refused`(_ address: String, _ endpoint: String) {
        #expect(ObjectPlace(address, endpoint: endpoint, style: .path) == nil)
    }
}

struct XMLTextTests {
    @Test func `elements are found by their names, and references are resolved once`() {
        let text = XMLText(
            Array(
                "<R><C><Key>a&amp;lt;b</Key></C><C><Key>&quot;c&quot;</Key></C><IsTruncated>true</IsTruncated></R>".utf8
            ))
        #expect(text.elements("C").map { $0.element("Key") } == ["a&lt;b", "\"c\""])
        #expect(text.element("IsTruncated") == "true" && text.element("None") == nil)
    }
}
