import Catalog
import Jobs
import Mail
import Posix
import Time
import Webhooks

/// What the messages about an export say.
struct MailLetter {
    private let job: Job
    private let wanted: MailDelivery
    private let from: Mailbox
    private let to: MailAddress
    private let id: String
    private let date: Timestamp

    init(_ job: Job, _ wanted: MailDelivery, from: Mailbox, to: MailAddress, _ message: MailTable.Message) {
        self.job = job
        self.wanted = wanted
        self.from = from
        self.to = to
        id = message.id.description
        date = message.happenedAt
    }

    func linked(_ url: String, until end: Timestamp) -> MailMessage {
        let tooLarge = wanted.attach ? "\nThe file is too large to go along with this message.\n" : ""
        return message(
            wanted.subject ?? name,
            "\(name) is ready.\n\n\(figures)\(tooLarge)\nIt can be downloaded until \(Self.shown(end)):\n\n\(url)\n\n"
                + "Whoever has this link can download the file until then.\n")
    }

    func attached(_ attachment: MailMessage.Attachment) -> MailMessage {
        message(wanted.subject ?? name, "\(name) goes along with this message.\n\n\(figures)", attachment)
    }

    var failure: MailMessage {
        message(
            "\(wanted.subject ?? name): could not be made",
            "\(name) could not be made.\n\n\(job.errorSummary.map { "\(Self.oneLine($0))\n\n" } ?? "")Export: \(job.id)\n"
        )
    }

    private func message(
        _ subject: String, _ text: String, _ attachment: MailMessage.Attachment? = nil
    ) -> MailMessage {
        MailMessage(
            from: from, to: to, id: id, date: date, subject: subject, text: text,
            attachment: attachment)
    }

    private var name: String { job.file?.name ?? "The export \(job.module)/\(job.catalog)" }

    private var figures: String {
        guard let file = job.file else { return "" }
        return "Rows:    \(file.rows)\nBytes:   \(file.size)\nSHA-256: \(file.sha256)\nExport:  \(job.id)\n"
    }

    private static func shown(_ time: Timestamp) -> String {
        "\(time.date) \(time.rfc3339.dropFirst(11).prefix(5)) UTC"
    }

    private static func oneLine(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }
}
