import Coding
import Time

/// One message to one address, as the bytes that are sent (RFC 5322, MIME).
///
/// Every value in its header is ASCII without line breaks when it gets here, or is encoded here.
package struct MailMessage: Sendable {
    /// A file that goes along, whose bytes come while the message is sent.
    package struct Attachment: Sendable {
        package let fileName: String
        package let mediaType: String
        /// Bytes.
        package let size: Int64

        /// The bytes of one line of base64.
        static let lineBytes: Int64 = 57

        package init(fileName: String, mediaType: String, size: Int64) {
            self.fileName = fileName
            self.mediaType = mediaType
            self.size = size
        }
    }

    package let from: Mailbox
    package let to: MailAddress
    package let attachment: Attachment?
    private let id: String
    private let date: Timestamp
    private let subject: String
    private let text: String

    /// - Parameters:
    ///   - id: the same for each attempt, so that a receiver knows a message that was sent again.
    ///   - date: when it was written, the same for each attempt.
    ///   - text: lines, ended by a line feed.
    package init(
        from: Mailbox, to: MailAddress, id: String, date: Timestamp, subject: String, text: String,
        attachment: Attachment? = nil
    ) {
        self.from = from
        self.to = to
        self.id = id
        self.date = date
        self.subject = subject
        self.text = text
        self.attachment = attachment
    }

    package var messageID: String { "<\(id)@\(from.address.domain)>" }

    private var boundary: String { "penstock-\(id)" }

    /// The bytes before those of the attachment; without one, all of them.
    var head: [UInt8] {
        let sender = from.label.map { "\(HeaderText.phrase($0)) <\(from.address)>" } ?? "\(from.address)"
        var lines = [
            "Date: \(date.mailDate)", "From: \(sender)", "To: \(to)", "Subject: \(HeaderText.unstructured(subject))",
            "Message-ID: \(messageID)", "MIME-Version: 1.0", "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
        ]
        let textHeader = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable"]
        guard let attachment else { return Self.bytes(lines + textHeader + [""]) + HeaderText.quotedPrintable(text) }
        lines +=
            ["Content-Type: multipart/mixed;", " boundary=\"\(boundary)\"", "", "--\(boundary)"] + textHeader + [""]
        let fileHeader = [
            "--\(boundary)", "Content-Type: \(attachment.mediaType)", "Content-Transfer-Encoding: base64",
            "Content-Disposition: attachment; filename=\"\(attachment.plainName)\";",
            " filename*=UTF-8''\(PercentCoding.encode(attachment.fileName))", "",
        ]
        return Self.bytes(lines) + HeaderText.quotedPrintable(text) + Self.bytes(fileHeader)
    }

    /// The bytes behind those of the attachment.
    var tail: [UInt8] { attachment == nil ? [] : Self.bytes(["--\(boundary)--"]) }

    /// How many bytes are sent, for the server to refuse what it would not take.
    package var size: Int64 {
        let size = Int64(head.count + tail.count)
        guard let attachment else { return size }
        let (whole, rest) = attachment.size.quotientAndRemainder(dividingBy: Attachment.lineBytes)
        return size + whole * 78 + (rest == 0 ? 0 : (rest + 2) / 3 * 4 + 2)
    }

    private static func bytes(_ lines: [String]) -> [UInt8] { lines.flatMap { Array($0.utf8) + [0x0D, 0x0A] } }
}

extension MailMessage.Attachment {
    /// For readers that know no RFC 2231.
    fileprivate var plainName: String {
        String(
            String.UnicodeScalarView(
                fileName.unicodeScalars.map { (0x20..<0x7F).contains($0.value) && $0 != "\"" && $0 != "\\" ? $0 : "_" })
        )
    }
}

/// The bytes of a message, piece by piece: its attachment in base64, in lines of 76 characters.
package struct MailStream {
    private let message: MailMessage
    /// The next bytes of the attachment, none at its end.
    private let file: () throws -> [UInt8]
    private var step = Step.head
    private var rest: [UInt8] = []
    private var taken: Int64 = 0

    private enum Step { case head, file, tail, end }

    /// The attachment has another size than was said.
    package struct SizeFault: Error {}

    /// - Parameter file: not asked for a message without attachment. Its error is `next`'s.
    package init(_ message: MailMessage, file: @escaping () throws -> [UInt8] = { [] }) {
        self.message = message
        self.file = file
    }

    /// - Returns: none at the end of the message.
    /// - Throws: what `file` throws, and `SizeFault`: the message must not be ended then.
    package mutating func next() throws -> [UInt8] {
        switch step {
        case .head:
            step = message.attachment == nil ? .end : .file
            return message.head
        case .file: return try nextLines()
        case .tail:
            step = .end
            return message.tail
        case .end: return []
        }
    }

    private mutating func nextLines() throws -> [UInt8] {
        while true {
            let piece = try file()
            taken += Int64(piece.count)
            let size = message.attachment?.size ?? 0
            guard taken <= size, !piece.isEmpty || taken == size else { throw SizeFault() }
            rest += piece
            let line = Int(MailMessage.Attachment.lineBytes)
            if piece.isEmpty {
                step = .tail
                return rest.isEmpty ? try next() : Self.lines(rest[...])
            }
            let whole = rest.count / line * line
            guard whole > 0 else { continue }
            let lines = Self.lines(rest[..<whole])
            rest.removeFirst(whole)
            return lines
        }
    }

    private static func lines(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let text = Array(Base64.encode(bytes, .standard).utf8)
        var lines: [UInt8] = []
        lines.reserveCapacity(text.count + text.count / 38 + 4)
        for start in stride(from: 0, to: text.count, by: 76) {
            lines += text[start..<min(start + 76, text.count)]
            lines += [0x0D, 0x0A]
        }
        return lines
    }
}

extension Timestamp {
    /// As RFC 5322 writes it, in UTC: `Thu, 07 May 2026 06:30:00 +0000`.
    var mailDate: String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = date
        let number = ((day.daysSinceEpoch % 7) + 7) % 7
        let time = rfc3339.dropFirst(11).prefix(8)
        let dayOfMonth = day.day < 10 ? "0\(day.day)" : "\(day.day)"
        return "\(days[number]), \(dayOfMonth) \(months[day.month - 1]) \(day.year) \(time) +0000"
    }
}
