import Mail
import Testing
import Time

@Suite struct MailMessageTests {
    private static func message(
        subject: String = "Orders", text: String = "One.\n.\nTwo = 2\n", attachment: MailMessage.Attachment? = nil
    ) throws -> MailMessage {
        MailMessage(
            from: try #require(Mailbox("Repörts <reports@example.com>")),
            to: try #require(MailAddress("ops@example.com")), id: "01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5",
            date: Timestamp(seconds: 1_778_135_405), subject: subject, text: text, attachment: attachment)
    }

    private static func sent(_ message: MailMessage, _ pieces: [[UInt8]] = []) throws -> String {
        var left = pieces[...]
        var stream = MailStream(message) { left.popFirst() ?? [] }
        var bytes: [UInt8] = []
        while true {
            let piece = try stream.next()
            if piece.isEmpty { break }
            bytes += piece
        }
        #expect(Int64(bytes.count) == message.size)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a message without a file has the headers of an automatic one, and text that any server takes`() throws {
        #expect(
            try Self.sent(Self.message()) == """
                Date: Thu, 07 May 2026 06:30:05 +0000\r
                From: =?utf-8?B?UmVww7ZydHM=?= <reports@example.com>\r
                To: ops@example.com\r
                Subject: Orders\r
                Message-ID: <01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5@example.com>\r
                MIME-Version: 1.0\r
                Auto-Submitted: auto-generated\r
                X-Auto-Response-Suppress: All\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Transfer-Encoding: quoted-printable\r
                \r
                One.\r
                .\r
                Two =3D 2\r
                \r

                """)
    }

    @Test func `a subject of other letters is encoded, and none can begin another header`() throws {
        for subject in [
            "Ordre æøå " + String(repeating: "日本", count: 60), "a\r\nBcc: x@example.com", "=?utf-8?B?QQ==?=",
        ] {
            let text = try Self.sent(Self.message(subject: subject))
            let header = text.components(until: "\r\n\r\n").split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(!header.contains { $0.hasPrefix("Bcc") })
            let lines = header.drop { !$0.hasPrefix("Subject: ") }.prefix { !$0.hasPrefix("Message-ID") }
            #expect(lines.allSatisfy { $0.utf8.count <= 84 && $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } })
            #expect(lines.allSatisfy { $0.hasSuffix("?=") })
        }
    }

    @Test(arguments: [0, 1, 56, 57, 58, 114, 5_000])
    func `a file of any size goes along whole, whatever pieces it comes in`(_ size: Int) throws {
        let file = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let attachment = MailMessage.Attachment(fileName: "o\"å.csv", mediaType: "text/csv", size: Int64(size))
        let message = try Self.message(attachment: attachment)
        var pieces: [[UInt8]] = []
        for start in stride(from: 0, to: size, by: 13) { pieces.append(Array(file[start..<min(start + 13, size)])) }
        let whole = try Self.sent(message, [file].filter { !$0.isEmpty })
        #expect(try Self.sent(message, pieces) == whole)
        #expect(whole.contains("filename=\"o__.csv\";\r\n filename*=UTF-8''o%22%C3%A5.csv\r\n"))
        #expect(whole.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 })
    }

    @Test func `a file of another size than was said ends the message in the middle`() throws {
        let attachment = MailMessage.Attachment(fileName: "a.csv", mediaType: "text/csv", size: 100)
        for size in [99, 101] {
            #expect(throws: MailStream.SizeFault.self) {
                try Self.sent(Self.message(attachment: attachment), [Array(repeating: 1, count: size)])
            }
        }
    }
}

extension String {
    fileprivate func components(until end: String) -> String {
        firstRange(of: end).map { String(self[..<$0.lowerBound]) } ?? self
    }
}
