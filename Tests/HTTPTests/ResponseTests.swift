import HTTP
import JSON
import Testing

struct ResponseTests {
    private func text(_ response: Response, _ method: Method = .get) throws -> String {
        String(decoding: try response.serializedHead() + response.body(answering: method), as: UTF8.self)
    }

    @Test func `writes a JSON answer in CGI form`() throws {
        let response = Response.json(["id": "é"], status: 202).withHeader("Location", "/report/exports/1")
        let expected =
            "Status: 202 Accepted\r\nContent-Type: application/json\r\nLocation: /report/exports/1\r\n"
            + "Content-Length: 11\r\n\r\n{\"id\":\"é\"}"
        #expect(try text(response) == expected)
    }

    @Test func `the answer to HEAD keeps the length and has no body`() throws {
        #expect(
            try text(.text("hello"), .head)
                == "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\n")
    }

    @Test func `an empty body has length zero, and 204 and 304 have none`() throws {
        #expect(try text(Response(status: 404)) == "Status: 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        #expect(try text(Response(status: 204, body: [1])) == "Status: 204 No Content\r\n\r\n")
        #expect(try text(Response(status: 304)) == "Status: 304 Not Modified\r\n\r\n")
    }

    @Test func `a streamed answer gives no length`() throws {
        var response = Response(status: 200, headers: [("Content-Type", "text/event-stream")])
        response.isStreamed = true
        #expect(try text(response) == "Status: 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    }

    @Test func `a problem has its own media type`() {
        #expect(Response.problem(["status": 404], status: 404).header("content-type") == "application/problem+json")
    }

    @Test func `setting a header replaces, and one that is given twice is repeated`() throws {
        var response = Response(status: 200, headers: [("Link", "a"), ("Link", "b")])
        response.setHeader("X-A", "1")
        response.setHeader("x-a", "2")
        #expect(try text(response) == "Status: 200 OK\r\nLink: a\r\nLink: b\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n")
    }

    @Test(arguments: Array(UInt8(0)..<0x20) + [0x7F])
    func `refuses a control character in a value`(_ byte: UInt8) {
        let value = "a" + String(Unicode.Scalar(byte)) + "X-Accel-Redirect: /secret"
        let response = Response(status: 200).withHeader("Content-Disposition", value)
        let error = #expect(throws: HeaderError.self) { try response.serializedHead() }
        #expect(error?.name == "Content-Disposition" && error?.reason == .controlCharacter)
    }

    @Test(arguments: ["", "A B", "A:", "A\r\nB", "Ä", "A\0", "A\u{7F}"])
    func `refuses a name that is no token`(_ name: String) {
        let error = #expect(throws: HeaderError.self) {
            try Response(status: 200).withHeader(name, "x").serializedHead()
        }
        #expect(error?.reason == .invalidName)
    }

    @Test(arguments: ["Status", "content-length", "Transfer-Encoding", "Connection"])
    func `refuses headers that it writes itself`(_ name: String) {
        let error = #expect(throws: HeaderError.self) {
            try Response(status: 200).withHeader(name, "1").serializedHead()
        }
        #expect(error?.reason == .reserved)
    }

    @Test(arguments: [0, 99, 100, 199, 600, -1]) func `refuses a status that ends no request`(_ status: Int) {
        #expect(throws: HeaderError.self) { try Response(status: status).serializedHead() }
    }

    @Test func `every status has a phrase`() {
        #expect(StatusReason.phrase(422) == "Unprocessable Content")
        #expect(StatusReason.phrase(299) == "Success" && StatusReason.phrase(499) == "Client Error")
        #expect(StatusReason.phrase(599) == "Server Error" && StatusReason.phrase(-5) == "Server Error")
    }
}
