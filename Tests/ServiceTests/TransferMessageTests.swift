import JSON
import Testing

@testable import Service

/// nginx's lines as they arrive on the audit socket.
@Suite struct TransferMessageTests {
    private func line(_ members: String) -> [UInt8] { Array("<190>Nov 25 04:30:00 penstock: {\(members)}".utf8) }

    private let whole =
        #""request_id":"7e","uri":"/_penstock_files/e5/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv.gz","method":"GET","status":"206","#
        + #""bytes":"4096","range":"bytes=0-4095","seconds":"1.034","completion":"","from":"::1""#

    @Test func `a line becomes what the audit records`() throws {
        let message = try #require(TransferMessage(line(whole)))
        #expect(
            message.json == [
                "request_id": "7e", "job": "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5", "method": "GET", "status": 206,
                "bytes": 4096, "range": "bytes=0-4095", "ms": 1034, "completed": false, "from": "::1",
            ])
    }

    @Test func `an empty range is none, and a path that names no job leaves it out`() throws {
        let text = whole.replacing("bytes=0-4095", with: "").replacing(
            "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5", with: "x")
        let message = try #require(
            TransferMessage(line(text.replacing(#""completion":"""#, with: #""completion":"OK""#))))
        #expect(message.json["range"] == .null && message.json["job"] == .null && message.json["completed"] == true)
    }

    @Test func `a range that is no UTF-8, or long, hides nothing`() throws {
        let parts = whole.split(separator: "bytes=0-4095")
        let range: [UInt8] = [0x78, 0xFF, 0xFE] + Array(repeating: 0x79, count: 30_000)
        let datagram =
            Array("<190>Nov 25 04:30:00 penstock: {\(parts[0])".utf8) + range + Array("\(parts[1])}".utf8)
        let kept = try #require(TransferMessage(datagram)?.json["range"]?.string)
        #expect(kept.hasPrefix("x\u{FFFD}") && kept.unicodeScalars.count == 256)
    }

    @Test(arguments: [
        ("\"7e\"", "\"\""), ("\"206\"", "\"-\""), ("\"206\"", "\"2060\""), ("\"4096\"", "\"-1\""),
        ("\"4096\"", "\"x\""),
        ("1.034", "1"), ("1.034", "-1.034"), ("1.034", "1.34"), ("1.034", "9223372036854775807.000"),
        ("\"GET\"", "\"\""), ("\"from\":\"::1\"", "\"from\":"),
        ("\"status\":\"206\",", ""),
    ])
    func `a line that lacks something is none`(_ old: String, _ new: String) {
        #expect(TransferMessage(line(whole.replacing(old, with: new))) == nil)
    }

    @Test(arguments: ["", "noise", "<190>Nov 25 04:30:00 penstock: ", "{", "[]"])
    func `noise is none`(_ text: String) { #expect(TransferMessage(Array(text.utf8)) == nil) }
}
