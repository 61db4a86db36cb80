import JSON
import Storage
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

    /// nginx says OK of a file that an object store has cut.
    @Test func `fewer bytes than the answer's length are no complete file`() throws {
        let complete = whole.replacing(#""completion":"""#, with: #""completion":"OK""#)
        func isComplete(_ text: String) -> JSON? { TransferMessage(line(text))?.json["completed"] }
        #expect(isComplete(complete + #","of":"4096""#) == true && isComplete(complete + #","of":"""#) == true)
        #expect(isComplete(complete + #","of":"4097""#) == false)
        #expect(isComplete(complete.replacing("GET", with: "HEAD") + #","of":"4097""#) == true)
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

/// nginx's errors at addresses that are secrets.
@Suite struct NginxErrorLineTests {
    private static let request =
        ", client: 127.0.0.1, server: localhost, request: \"GET /report/files/x/a.csv?expires=1&kid=k&sig=SECRET HTTP/1.1\", "
        + "upstream: \"fastcgi://unix:/run/penstock/penstock.sock:\", host: \"localhost\""

    @Test func `what went wrong is kept and the request is not`() throws {
        let text =
            "<187>Nov 28 00:01:02 penstock: 2026/11/28 00:01:02 [crit] 7#7: *5 connect() to unix:/run/penstock.sock failed "
        let line = try #require(NginxErrorLine(Array((text + "(2: No such file)" + Self.request).utf8)))
        #expect(line.level == "crit")
        #expect(line.message == "7#7: *5 connect() to unix:/run/penstock.sock failed (2: No such file)")
    }

    @Test(arguments: [
        "<187>Nov 28 00:01:02 penstock: 2026/11/28 [error] 7#7: GET /a?sig=SECRET",
        "<187>Nov 28 00:01:02 penstock: 2026/11/28 [error] 7#7: \"/b?x\" failed", "<187>no level here", "[error] x", "",
        "<187>Nov 28 00:01:02 penstock: [strange] x",
    ])
    func `a line that may hold a query, and what is no line, is not taken`(_ text: String) {
        #expect(NginxErrorLine(Array(text.utf8)) == nil)
    }

    private static let file = "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2-9f03b1c7.csv.gz"

    @Test(
        arguments: [
            ("open() \"/s/files/e5/\(file)\" failed (13: Permission denied)", true),
            ("openat() \"/s/files/e5/\(file)\" failed (40: Too many levels of symbolic links)", true),
            // Gone in the meantime, no finished file, not where it belongs, not ours, another failure, another call.
            ("open() \"/s/files/e5/\(file)\" failed (2: No such file or directory)", false),
            ("open() \"/s/files/e5/\(file).part\" failed (13: Permission denied)", false),
            ("open() \"/s/files/e6/\(file)\" failed (13: Permission denied)", false),
            ("open() \"/s/files/e5/../e5/\(file)\" failed (13: Permission denied)", false),
            ("open() \"/www/files/e5/\(file)\" failed (13: Permission denied)", false),
            ("open() \"/usr/share/penstock/www/index.html\" failed (13: Permission denied)", false),
            ("open() \"/s/files/e5/\(file)\" failed (24: Too many open files)", false),
            ("connect() to unix:/run/penstock.sock failed (13: Permission denied) while connecting to upstream", false),
        ])
    func `a finished file that nginx may not read is found, and nothing else`(_ words: String, _ isOne: Bool) throws {
        let text = "<187>Nov 28 00:01:02 penstock: 2026/11/28 00:01:02 [error] 7#7: *5 \(words)\(Self.request)"
        let line = try #require(NginxErrorLine(Array(text.utf8)))
        #expect(line.refusedFile(in: "/s")?.description == (isOne ? Self.file : nil))
    }

    @Test func `the announcement of a download is no transfer`() throws {
        let text =
            #"<190>Nov 25 04:30:00 penstock: {"request_id":"7e","uri":"/_penstock_files/-/announced","method":"GET","#
            + #""status":"204","bytes":"0","range":"","seconds":"0.000","completion":"OK","from":"::1"}"#
        #expect(try #require(TransferMessage(Array(text.utf8))).isAnnouncement)
        let other = text.replacing("-/announced", with: "-/first/e5/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2.csv")
        let message = try #require(TransferMessage(Array(other.utf8)))
        #expect(!message.isAnnouncement && message.json["job"] == "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5")
    }
}
