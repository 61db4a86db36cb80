import Testing

@testable import ObjectStore

/// The examples of "Signature Calculations for the Authorization Header" (Amazon S3 API Reference), with its key.
struct RequestSignerTests {
    private static let signer = RequestSigner(
        ObjectCredentials(access: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1")

    struct Example: Sendable {
        let method: String
        let path: String
        var query: [(String, String)] = []
        var headers: [(String, String)] = []
        var payload = RequestSigner.empty
        let signature: String
    }

    @Test(arguments: [
        Example(
            method: "GET", path: "/test.txt", headers: [("range", "bytes=0-9")],
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Example(
            method: "PUT", path: "/test%24file.text",
            headers: [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
            payload: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Example(
            method: "GET", path: "/", query: [("lifecycle", "")],
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Example(
            method: "GET", path: "/", query: [("prefix", "J"), ("max-keys", "2")],
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ])
    func `the published examples have the published signatures`(_ example: Example) {
        let headers = Self.signer.headers(
            example.method, host: "examplebucket.s3.amazonaws.com", path: example.path,
            query: RequestSigner.query(example.query), headers: example.headers, payload: example.payload,
            stamp: "20130524T000000Z")
        let authorization = headers.first { $0.0 == "authorization" }?.1 ?? ""
        #expect(
            authorization.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders="))
        #expect(authorization.hasSuffix("Signature=\(example.signature)"), "\(authorization)")
    }

    @Test func `a query is sorted by its encoded bytes, and a bare name has an equals sign`() {
        #expect(
            RequestSigner.query([("uploads", ""), ("prefix", "a b/ü"), ("Z", "1")])
                == "Z=1&prefix=a%20b%2F%C3%BC&uploads=")
    }

    @Test func `keys are read from a file as other tools write it`() throws {
        let keys = try #require(
            ObjectCredentials(text: "[default]\naws_access_key_id = A\naws_secret_access_key=b=c/+\n# no\n"))
        #expect(keys.access == "A" && keys.secret == "b=c/+" && keys.token == nil)
        #expect(ObjectCredentials(text: "aws_access_key_id = A\n") == nil)
        #expect(ObjectCredentials(text: "aws_access_key_id =\naws_secret_access_key = b") == nil)
    }
}
