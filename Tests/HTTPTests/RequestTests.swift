import HTTP
import JSON
import Testing

struct RequestTests {
    @Test(
        arguments: [
            ("/report/exports", ["report", "exports"]), ("/report/exports/", ["report", "exports", ""]),
            ("/report//exports", ["report", "", "exports"]), ("/", [""]), ("/é", ["é"]),
        ] as [(String, [String])])
    func `keeps empty segments of a path`(_ path: String, _ segments: [String]) {
        #expect(Request(path: path).segments == segments)
    }

    @Test func `only known methods in capitals are methods`() {
        #expect(Method(rawValue: "GET") == .get)
        for token in ["get", "FOO", "TRACE", "CONNECT", "", "GET "] { #expect(Method(rawValue: token) == nil) }
        #expect(Method.allow([.post, .get]) == "GET, HEAD, POST, OPTIONS")
    }

    @Test func `header names have no case and repetitions are kept`() {
        let headers: Headers = ["Api-Key": "a", "API-KEY": "b", "Accept": "c"]
        #expect(headers.all("api-key") == ["a", "b"])
        #expect(headers.first("ACCEPT") == "c")
        #expect(headers.all("x").isEmpty && headers.first("x") == nil)
        #expect(Headers.name(ofParameter: "HTTP_API_KEY") == "api-key")
        #expect(Headers.name(ofParameter: "PENSTOCK_USER") == nil && Headers.name(ofParameter: "HTTP_") == nil)
    }

    @Test func `collects every occurrence of a gateway parameter and nothing else`() {
        var gateway = GatewayParameters()
        for (name, value) in [
            ("PENSTOCK_USER", "ada"), ("PENSTOCK_USER", "eve"), ("PENSTOCK_TENANT", "t"), ("PENSTOCK_PERMISSIONS", "p"),
            ("PENSTOCK_SUPERUSER", "1"),
        ] {
            let taken = gateway.take(name, value)
            #expect(taken)
        }
        for name in ["REMOTE_USER", "HTTP_PENSTOCK_USER", "penstock_user", "PENSTOCK_USER_"] {
            let taken = gateway.take(name, "admin")
            #expect(!taken)
        }
        #expect(
            gateway == GatewayParameters(user: ["ada", "eve"], tenant: ["t"], permissions: ["p"], superuser: ["1"]))
    }

    @Test(arguments: [
        "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"",
        "application/json, application/json", "application/json;",
    ])
    func `reads a JSON body`(_ contentType: String) throws {
        let request = Request(method: .post, path: "/", body: Array("[1]".utf8), contentType: contentType)
        #expect(try request.jsonBody() == [1])
    }

    @Test(arguments: [
        nil, "", "text/plain", "application/json; charset=utf-16", "application/json, text/plain", "json",
        "application/x-www-form-urlencoded", "application/json; charset=utf-8; charset=utf-16", "application/json/x",
        "application/jsonp", "application/json; charset=\"utf-8", "application /json",
    ])
    func `refuses another media type`(_ contentType: String?) {
        let request = Request(method: .post, path: "/", body: Array("[1]".utf8), contentType: contentType)
        #expect(throws: BodyError.unsupportedMediaType) { try request.jsonBody() }
        #expect(BodyError.unsupportedMediaType.status == 415)
    }

    @Test func `refuses a compressed body`() {
        let request = Request(
            method: .post, path: "/", headers: ["Content-Encoding": "gzip"], body: Array("[1]".utf8),
            contentType: "application/json")
        #expect(throws: BodyError.unsupportedEncoding) { try request.jsonBody() }
    }

    @Test func `says where a body is not JSON`() {
        let request = Request(method: .post, path: "/", body: Array("[1,]".utf8), contentType: "application/json")
        #expect(throws: BodyError.malformed(JSONError(.unexpectedByte, at: 3))) { try request.jsonBody() }
    }
}
